#!/usr/bin/env python3
"""Times the commands beside what people use otherwise, on the same generated file.

usage: bench.py [SIZE] [--runs N] [--tasks NAME,...] [--data DIR]      SIZE: 20M, 200M (default), 1G

The commands come from the PATH. The data is made once for each size, in DIR (default: bench-data/ at the root of the
checkout). Peers that are not installed are left out; that of simdjson is a program of ours (simdjson.cpp), compiled
into DIR where a C++ compiler and the library are. All commands of a task run in turn, the whole round N times
(default: 5); jq, mlr and sqlite-utils run once on 200M and more. Reported are medians of CPU seconds (user and
system, of all processes of the command, so that the ratios hold on a busy machine) and of wall-clock seconds, and the
largest resident set of one process: a table on standard error, JSON lines on standard output. A ratio is how many
times the CPU or the time of ours the peer takes; of "simdjson loaded", from when the file is in its memory, beside
the whole of ours.

Ends with 1 if a command, ours or a peer's, counts other records than the generator did; 69 if ours are not on the PATH.
"""

import argparse
import ctypes
import importlib.util
import json
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CYCLE = os.path.join(ROOT, "pipelines", "improvement-cycle")
GENERATOR = 1  # Another number makes all data anew.
SEED = 7919

# ---------------------------------------------------------------------------------------------------------
# Data: interactions of about 1 kB. Lengths of texts are log-normal; one sentence of 15 needs escapes, one record of 20
# holds text that is not ASCII (half of it as \u escapes); one of 8 is written with spaces, as json.dumps does it.

WORDS = """a about account after again all also an and answer any ask at back be because before bill both but by call
can card change check click code cost customer data day delivery detail device do does download each email error
every example file find first follow for form free from get give go has have help here hold how if in into invoice is
it item just keep last later link list log long look make many may menu message minute mobile month more most name need
new next no not note now number of old on once one only open option or order other our out page pay phone please point
press price problem product profile question read refund remove reply report request reset result return right row
save second see select send set setting ship show since so some start status step still store support sure system take
tell than that the their then there these they this time to today total track try turn two type under until up update
use user very wait want was we week well what when where which while who why will with within word work write you
your""".split()
ODD = ['He said "no".', "C:\\temp\\report.csv", "one\ttwo\tthree", '{"retry": true, "after": 30}', "if a < b && c > d:",
       "```sql\nSELECT count(*) FROM orders;\n```", "first\r\nsecond", "https://example.com/a/b?c=d&e=f"]
FOREIGN = ["größer", "façade", "señal", "Zürich", "żółw", "Ελλάδα", "спасибо", "ありがとう", "谢谢", "감사합니다", "שלום",
           "“so”", "–", "…", "12 €", "½", "🙂", "👩‍💻", "🚲"]
CATEGORIES = ["orders", "billing", "refunds", "delivery", "account", "returns", "device", "app", "privacy", "travel",
              "recipes", "code"]
MODELS = ["heron-small", "heron-large", "wren-1"]
COMMENTS = ["Thanks!", "Helpful and short.", "Wrong number.", "Not what I asked.", "Too long, but correct.",
            'It says "done" and is not.', "Schön erklärt 🙂", "The second step is missing."]


class Generator:
    def __init__(self):
        self.unit = random.Random(SEED).random
        plain = [self.sentence() for _ in range(3000)]
        odd = [f"{text} {ODD[index % len(ODD)]}" for index, text in enumerate(plain[:800])]
        foreign = [f"{text} {self.pick(FOREIGN)} {self.pick(FOREIGN)}." for text in plain[:800]]
        # Each text is encoded once, without its quotes.
        self.plain, self.odd, self.foreign = (
            [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts] for texts in (plain, odd, foreign))
        self.escaped = [json.dumps(text)[1:-1] for text in foreign]

    def pick(self, values):
        return values[int(self.unit() * len(values))]

    def sentence(self):
        words = [self.pick(WORDS) for _ in range(4 + int(self.unit() * 14))]
        return " ".join(words).capitalize() + "."

    def normal(self):
        """Close to a normal number: twelve uniform ones added up."""
        return sum(self.unit() for _ in range(12)) - 6

    def text(self, median, low, high, pool):
        length = min(high, max(low, int(median * math.exp(0.65 * self.normal()))))
        parts, size = [], 0
        while size < length:
            share = self.unit()
            part = self.pick(self.odd if share < 0.065 else pool if share < 0.4 else self.plain)
            parts.append(part + ("\\n" if self.unit() < 0.1 else " "))
            size += len(part) + 1
        return "".join(parts)[:-1] if parts[-1].endswith(" ") else "".join(parts)

    def record(self, number):
        share = self.unit()
        pool = self.escaped if share < 0.025 else self.foreign if share < 0.05 else self.plain
        at = int(self.unit() * self.unit() * len(CATEGORIES))
        second = number * 7
        day, second = second // 86400 % 28 + 1, second % 86400
        members = [
            ("id", f'"{int(self.unit() * 2**48):012x}{number:08x}"'),
            ("timestamp", f'"2024-10-{day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"'),
            ("session_id", f'"s{int(self.unit() * 40000):05}"'), ("user_id", f'"u{int(self.unit() * 5000):04}"'),
            ("user_prompt", '"' + self.text(110, 12, 1500, pool) + '"'),
            ("ai_response", '"' + self.text(560, 40, 8000, pool) + '"'),
            ("category", f'"{CATEGORIES[at]}"'), ("model", f'"{self.pick(MODELS)}"'),
            ("response_time_ms", str(max(20, int(700 * math.exp(0.7 * self.normal())))))]
        rating = None
        if self.unit() < 0.6:
            poor = 0.06 + 0.02 * at
            share = self.unit()
            rating = 1 if share < poor * 0.6 else 2 if share < poor else 3 if share < poor + 0.1 else \
                4 if share < poor + 0.3 else 5
            feedback = f'{{"user_rating":{rating}'
            if self.unit() < 0.5:
                for name in ("accuracy", "helpfulness", "clarity"):
                    feedback += f',"{name}":{min(5, max(1, rating + int(self.unit() * 3) - 1))}'
            if self.unit() < 0.4:
                feedback += ',"feedback_text":' + json.dumps(self.pick(COMMENTS), ensure_ascii=False)
            members.append(("feedback", feedback + "}"))
        if self.unit() < 0.2:
            members.append(("metadata", f'{{"tokens":{int(self.unit() * 900)},"cached":true,"tags":["a","b"]}}'))
        if self.unit() < 0.12:
            line = "{" + ", ".join(f'"{name}": {value}' for name, value in members) + "}\n"
        else:
            line = "{" + ",".join(f'"{name}":{value}' for name, value in members) + "}\n"
        return line.encode(), CATEGORIES[at], rating


def generate(path, size):
    """Writes the file and, beside it, what is in it."""
    generator, groups, total, number = Generator(), {}, 0, 0
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "wb") as file:
        while total < size:
            line, category, rating = generator.record(number)
            file.write(line)
            total, number = total + len(line), number + 1
            stars = groups.setdefault(category, [0, 0, 0, 0, 0, 0])
            stars[rating or 0] += 1
    truth = {
        "generator": GENERATOR, "bytes": total, "records": number,
        "poor": sum(stars[1] + stars[2] for stars in groups.values()),
        "good": sum(stars[4] + stars[5] for stars in groups.values()),
        "groups": {name: [sum(stars), sum(stars[1:]), sum(k * n for k, n in enumerate(stars))]
                   for name, stars in sorted(groups.items())}}
    os.rename(path + ".part", path)
    with open(path + ".json", "w", encoding="utf-8") as file:
        json.dump(truth, file)


def data(folder, size):
    path = os.path.join(folder, f"records-{size}.ndjson")
    units = {"K": 10**3, "M": 10**6, "G": 10**9}
    try:
        with open(path + ".json", encoding="utf-8") as file:
            truth = json.load(file)
        if truth["generator"] == GENERATOR and truth["bytes"] == os.path.getsize(path):
            return path, truth
    except (OSError, ValueError, KeyError):
        pass
    print(f"bench: making {path}", file=sys.stderr)
    # In a process of its own: its memory would count as that of every command started from here.
    subprocess.run([sys.executable, __file__, "--generate", path, str(int(size[:-1]) * units[size[-1]])], check=True)
    return data(folder, size)


# ---------------------------------------------------------------------------------------------------------
# Peers in Python, run as commands: bench.py --peer LIBRARY TASK FILE DATABASE

COLUMNS = ["id", "timestamp", "session_id", "user_id", "user_prompt", "ai_response", "category", "response_time_ms",
           "model"]
DIMENSIONS = ["user_rating", "accuracy", "helpfulness", "clarity", "feedback_text"]
# The columns of fb-export, in order; what stands in `feedback` from user_rating to ratings.
FULL = """id timestamp session_id user_id system_prompt history user_prompt ai_response category model prompt_version
language source response_time_ms status user_rating accuracy helpfulness clarity feedback_text suggestion
corrected_response approved rated_at rated_by scale ratings metadata extra""".split()
FULL_TYPES = {"response_time_ms": "INTEGER", "approved": "INTEGER", "user_rating": "NUMERIC", "accuracy": "NUMERIC",
              "helpfulness": "NUMERIC", "clarity": "NUMERIC"}


def peer(library, task, path, database):
    if library == "duckdb":
        return duckdb_peer(task, path, database)
    if library == "orjson":
        import orjson
        loads, dumps = orjson.loads, orjson.dumps
    else:
        loads = json.loads

        def dumps(value):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    write = sys.stdout.buffer.write
    with open(path, "rb") as lines:
        if task == "filter":
            for line in lines:
                rating = (loads(line).get("feedback") or {}).get("user_rating")
                if rating is not None and rating <= 2:
                    write(line)
        elif task == "count":
            count = 0
            for line in lines:
                rating = (loads(line).get("feedback") or {}).get("user_rating")
                count += rating is not None and rating <= 2
            print(count)
        elif task == "group-by":
            groups = {}
            for line in lines:
                record = loads(line)
                group = groups.setdefault(record["category"], [0, 0, 0, []])
                rating = (record.get("feedback") or {}).get("user_rating")
                group[0] += 1
                if rating is not None:
                    group[1] += 1
                    group[2] += rating
                group[3].append(record["response_time_ms"])
            for name, (count, rated, total, times) in groups.items():
                times.sort()
                print(json.dumps({"category": name, "n": count, "rated": rated, "sum": total,
                                  "p50": times[len(times) // 2], "p95": times[len(times) * 95 // 100]}))
        elif task == "openai":
            for line in lines:
                record = loads(line)
                rating = (record.get("feedback") or {}).get("user_rating")
                if rating is not None and rating >= 3.5:
                    write(dumps({"messages": [{"role": "user", "content": record["user_prompt"]},
                                              {"role": "assistant", "content": record["ai_response"]}]}) + b"\n")
        elif task == "sqlite":
            import sqlite3
            connection = sqlite3.connect(database, isolation_level=None)
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute(f"CREATE TABLE prompts({','.join(COLUMNS + DIMENSIONS)})")

            def rows():
                for line in lines:
                    record = loads(line)
                    feedback = record.get("feedback") or {}
                    yield [record.get(name) for name in COLUMNS] + [feedback.get(name) for name in DIMENSIONS]

            marks = ",".join("?" * len(COLUMNS + DIMENSIONS))
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO prompts VALUES({marks})", rows())
            connection.execute("COMMIT")
        elif task == "sqlite-full":
            fill_full_table((loads(line) for line in lines), dumps, database)
    return 0


def fill_full_table(records, dumps, database):
    """The table that fb-export makes, with its key, index and settings; `extra` stays empty."""
    import sqlite3
    connection = sqlite3.connect(database, isolation_level=None)
    for setting in ("page_size=32768", "journal_mode=OFF", "synchronous=OFF", "secure_delete=OFF", "cache_size=-32768"):
        connection.execute(f"PRAGMA {setting}")
    columns = ",".join(f"{name} {FULL_TYPES.get(name, 'TEXT')}" for name in FULL)
    connection.execute(f"CREATE TABLE prompts({columns}, PRIMARY KEY(id))")
    first, last = FULL.index("user_rating"), FULL.index("metadata")

    def text(value):
        return dumps(value).decode() if isinstance(value, (dict, list)) else value

    def rows():
        for record in records:
            feedback = record.get("feedback") or {}
            yield ([text(record.get(name)) for name in FULL[:first]]
                   + [text(feedback.get(name)) for name in FULL[first:last]] + [text(record.get("metadata")), None])

    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO prompts VALUES({','.join('?' * len(FULL))})", rows())
    connection.execute("COMMIT")
    connection.execute("CREATE INDEX prompts_category ON prompts(category)")


def duckdb_peer(task, path, database):
    import duckdb
    run = duckdb.connect().execute
    fields = "{category:'VARCHAR',user_prompt:'VARCHAR',ai_response:'VARCHAR',response_time_ms:'BIGINT'," \
             "feedback:'STRUCT(user_rating DOUBLE)'}"
    source = f"read_ndjson('{path}', columns={fields})"
    raw = f"read_ndjson_objects('{path}') WHERE CAST(json_extract(json,'$.feedback.user_rating') AS DOUBLE) <= 2"
    if task == "filter":
        run(f"COPY (SELECT json FROM {raw}) TO '/dev/stdout' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', "
            "DELIMITER '\x01')")
    elif task == "count":
        print(run(f"SELECT count(*) FROM {source} WHERE feedback.user_rating <= 2").fetchall()[0][0])
    elif task == "group-by":
        for name, count, rated, total, middle, high in run(
                "SELECT category, count(*), count(feedback.user_rating), sum(feedback.user_rating), "
                "quantile_disc(response_time_ms, 0.5), quantile_disc(response_time_ms, 0.95) "
                f"FROM {source} GROUP BY 1").fetchall():
            print(json.dumps({"category": name, "n": count, "rated": rated, "sum": total, "p50": middle, "p95": high}))
    elif task == "openai":
        run("COPY (SELECT [{role:'user',content:user_prompt},{role:'assistant',content:ai_response}] AS messages "
            f"FROM {source} WHERE feedback.user_rating >= 3.5) TO '/dev/stdout' (FORMAT json)")
    return 0


# ---------------------------------------------------------------------------------------------------------
# Tasks: for each its commands, ours first, and what they have to find

GROUPS_JQ = """reduce inputs as $r ({}; .[$r.category] |= ((. // {n: 0, rated: 0, sum: 0}) | .n += 1
  | if $r.feedback.user_rating then .rated += 1 | .sum += $r.feedback.user_rating else . end))
  | to_entries[] | {category: .key} + .value"""
TURNS_JQ = """select((.feedback.user_rating // 0) >= 3.5)
  | {messages: [{role: "user", content: .user_prompt}, {role: "assistant", content: .ai_response}]}"""
GROUPS_MLR = """flatten then stats1 -a count,sum,p50,p95 -f response_time_ms,feedback.user_rating -g category \
  then rename response_time_ms_count,n,feedback.user_rating_count,rated,feedback.user_rating_sum,sum"""


def import_sql():
    values = [f"json_extract(j,'$.{name}')" for name in COLUMNS]
    values += [f"json_extract(j,'$.feedback.{name}')" for name in DIMENSIONS]
    return (".mode ascii\n.separator \"\\001\" \"\\n\"\nPRAGMA journal_mode=OFF;\nPRAGMA synchronous=OFF;\n"
            "CREATE TABLE raw(j);\n.import {file} raw\n"
            f"CREATE TABLE prompts AS SELECT {','.join(values)} FROM raw;\nDROP TABLE raw;\n")


def compile_simdjson(folder):
    """The program of the simdjson peer, or None where it cannot be made."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    header = ["-E", "-include", "simdjson.h", "-x", "c++", os.devnull]
    if not compiler or subprocess.run([compiler, *header], capture_output=True, check=False).returncode != 0:
        return None
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "simdjson.cpp")
    program = os.path.join(os.path.abspath(folder), "simdjson")
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        made = subprocess.run(
            [compiler, "-O3", "-march=native", "-std=c++17", "-o", program, source, "-lsimdjson"], check=False)
        if made.returncode != 0:
            return None
    return program


def commands(task, simdjson):
    """(name, shell command); the file is $1, a database or folder to make $2."""
    native = [("simdjson", f'"{simdjson}" {task} "$1" "$2"')] if simdjson else []
    python = [(name, f'"$PYTHON" -B "$BENCH" --peer {library} {task} "$1" "$2"')
              for name, library in (("python json", "json"), ("orjson", "orjson"), ("duckdb", "duckdb"))
              if importlib.util.find_spec(library) and not (library == "duckdb" and task in ("sqlite", "pipe"))]
    mlr = "mlr --ijsonl --ojsonl"
    made = {
        "filter": [
            ("fb-filter", 'fb-filter --max-rating 2 "$1"'),
            ("fb-filter --jobs 2", 'fb-filter --jobs 2 --max-rating 2 "$1"'),
            ("jq", """jq -c 'select((.feedback.user_rating // 9) <= 2)' "$1" """),
            ("mlr", f"""{mlr} filter 'is_present($feedback) && $feedback["user_rating"] <= 2' "$1" """), *python,
            *native],
        "count": [
            ("fb-filter", 'fb-filter --max-rating 2 --count "$1"'),
            ("jq", """jq -n 'reduce (inputs | select((.feedback.user_rating // 9) <= 2)) as $_ (0; . + 1)' "$1" """),
            ("grep", """grep -cE '"user_rating": ?[12]\\b' "$1" """), *python],
        "group-by": [
            ("fb-analyze", 'fb-analyze "$1"'), ("fb-analyze --jobs 2", 'fb-analyze --jobs 2 "$1"'), ("jq", f"""jq -nc '{GROUPS_JQ}' "$1" """),
            ("mlr", f"""{mlr} {GROUPS_MLR} "$1" """), *python, *native],
        "openai": [
            ("fb-export", 'fb-export --format openai --allow-few "$1"'),
            ("fb-export --jobs 2", 'fb-export --format openai --allow-few --jobs 2 "$1"'),
            ("jq", f"""jq -c '{TURNS_JQ}' "$1" """), *python, *native],
        # Ours has all columns of an interaction, one for what has no column, a key and an index. So has "orjson full",
        # which leaves that one empty. The others have fourteen columns, or those that sqlite-utils finds, and no key.
        "sqlite": [
            ("fb-export", 'fb-export --format sqlite -o "$2" "$1"'),
            ("sqlite3", f"""sqlite3 "$2" <<< {import_sql_quoted()}"""), *python,
            *[("orjson full", '"$PYTHON" -B "$BENCH" --peer orjson sqlite-full "$1" "$2"')
              for name, _ in python if name == "orjson"],
            ("sqlite-utils", '"$PYTHON" -m sqlite_utils insert "$2" prompts - --nl < "$1"')],
        "pipe": [
            ("fb-filter", 'fb-filter "$1"' + " | fb-filter" * 5), ("cat", 'cat "$1"' + " | cat" * 5),
            ("jq", 'jq -c . "$1"' + " | jq -c ." * 5)],
        "cycle": [
            ("improvement-cycle", f'mkdir -p "$2/data"; ln -s "$1" "$2/data"; "{CYCLE}" --data "$2/data" '
             '--out "$2/out" --days-back 28 --as-of 2024-10-29T00:00:00Z')],
    }[task]
    return [(name, line) for name, line in made if is_there(name)]


def is_there(name):
    if name == "sqlite-utils":
        return importlib.util.find_spec("sqlite_utils") is not None
    if name == "improvement-cycle":
        return all(map(shutil.which, ("jq", "flock", "fb-ingest", "fb-rate", "fb-recommend")))
    return name.startswith(("python", "orjson", "duckdb", "simdjson")) or shutil.which(name.split()[0]) is not None


def import_sql_quoted():
    return '"$(sed "s|{file}|$1|" <<< ' + "'" + import_sql().replace("'", "'\\''") + "'" + ')"'


def found(task, output, database):
    """What a command counted, in the words of the generator."""
    if task == "sqlite":
        import sqlite3
        return sqlite3.connect(database).execute("SELECT count(*) FROM prompts").fetchone()[0]
    if task == "cycle":
        with open(os.path.join(database, "out", "current", "summary.json"), "rb") as file:
            return json.load(file)["interactions"]
    with open(output, "rb") as file:
        if task == "count":
            return int(file.read())
        if task != "group-by":
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        groups = {}
        for record in map(json.loads, file):
            if record.get("type") == "metric" and list(record["scope"]) == ["category"]:
                counts = record["rating"]["counts"]
                total = sum(stars * count for stars, count in enumerate(counts, 1))
                groups[record["scope"]["category"]] = [record["interactions"], record["rated"], total]
            elif "n" in record:
                groups[record["category"]] = [record["n"], record.get("rated") or 0, int(record.get("sum") or 0)]
        return groups


def adopt_orphans():
    """Makes this process the parent of the processes whose parent ends (prctl PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    else:
        for name in (path, path + "-journal"):
            if os.path.exists(name):
                os.remove(name)


def run(line, path, output, database):
    """Wall seconds, CPU seconds, largest resident set in kB and status of a command.

    Linux counts the resident set of whoever starts a command as the command's own. So a bash starts it and ends, and
    the command, now an orphan, is waited for here: what is counted of others is a bash, not this Python.
    """
    remove(database)
    environment = dict(os.environ, PYTHON=sys.executable, BENCH=os.path.abspath(__file__), LC_ALL="C.UTF-8")
    wait, go = os.pipe()
    script = f"{{ read -r -u {wait} _; exec {wait}<&-; set -euo pipefail; {line}; }} &"
    with open(output, "wb") as out:
        starter = subprocess.Popen(["bash", "-c", script, "bash", path, database], env=environment, pass_fds=[wait],
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        starter.wait()
        start = time.monotonic()
        os.write(go, b"\n")
        _, status, usage = os.wait4(-1, 0)
        wall = time.monotonic() - start
    os.close(wait)
    os.close(go)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status)


def bench(task, path, truth, rounds, base_rss, simdjson):
    """Rows of a task, and what was wrong."""
    entries = commands(task, simdjson)
    output = os.path.join(os.path.dirname(path), f"out-{os.getpid()}")
    database = output + ".db"
    expected = {"filter": truth["poor"], "count": truth["poor"], "group-by": truth["groups"], "openai": truth["good"],
                "sqlite": truth["records"], "pipe": truth["records"], "cycle": truth["records"]}[task]
    results, wrong = {name: [] for name, _ in entries}, []
    try:
        for number in range(rounds):
            for name, line in entries:
                if number > 0 and name in ("jq", "mlr", "sqlite-utils") and truth["bytes"] >= 200 * 10**6:
                    continue
                *figures, status = run(line, path, output, database)
                if status != 0:
                    wrong.append(f"{task}: {name} ended with {status}")
                elif found(task, output, database) != expected:
                    wrong.append(f"{task}: {name} counts other records than the generator")
                results[name].append(figures)
                if name == "simdjson" and status == 0:
                    with open(database, encoding="ascii") as report:
                        cpu, wall = map(float, report.read().split())
                    results.setdefault("simdjson loaded", []).append([wall, cpu, figures[2]])
    finally:
        remove(output)
        remove(database)
    rows = []
    for name, figures in results.items():
        wall, cpu, rss = (statistics.median(column) for column in zip(*figures))
        rows.append({
            "task": task, "command": name, "bytes": truth["bytes"], "records": truth["records"], "runs": len(figures),
            "cpu_s": round(cpu, 3), "wall_s": round(wall, 3),
            "max_rss_kb": int(max(rss for *_, rss in figures)) if rss > base_rss else None,
            "mb_per_cpu_s": round(truth["bytes"] / 1e6 / max(cpu, 0.001), 1),
            "cpu_ratio": round(cpu / max(rows[0]["cpu_s"] if rows else cpu, 0.001), 2),
            "wall_ratio": round(wall / max(rows[0]["wall_s"] if rows else wall, 0.001), 2)})
    return rows, sorted(set(wrong))


def table(rows, base_rss):
    head = "runs   CPU s  wall s   MB/CPU s  RSS MB   CPU ×  wall ×"
    print(f"\n{rows[0]['task']:<19} {head}", file=sys.stderr)
    for row in rows:
        rss = f"{row['max_rss_kb'] / 1024:.0f}" if row["max_rss_kb"] else f"<{base_rss / 1024:.0f}"
        print(f"  {row['command']:<17} {row['runs']:>4} {row['cpu_s']:>7.3f} {row['wall_s']:>7.3f} "
              f"{row['mb_per_cpu_s']:>10.0f} {rss:>7} {row['cpu_ratio']:>7.2f} {row['wall_ratio']:>7.2f}",
              file=sys.stderr)


def main():
    if sys.argv[1:2] == ["--generate"]:
        return generate(sys.argv[2], int(sys.argv[3]))
    if sys.argv[1:2] == ["--peer"]:
        return peer(*sys.argv[2:6])
    tasks = ["filter", "count", "group-by", "openai", "sqlite", "pipe", "cycle"]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("size", nargs="?", default="200M")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tasks", default=",".join(tasks))
    parser.add_argument("--data", default=os.path.join(ROOT, "bench-data"))
    options = parser.parse_args()
    if not re.fullmatch(r"[1-9]\d*[KMG]", options.size) or options.runs < 1:
        parser.error("SIZE is a number and K, M or G; --runs is at least 1")
    chosen = options.tasks.split(",")
    if not set(chosen) <= set(tasks):
        parser.error(f"--tasks are {', '.join(tasks)}")
    missing = [name for name in ("fb-filter", "fb-export", "fb-analyze") if not shutil.which(name)]
    if missing:
        print(f"bench: not on the PATH: {', '.join(missing)} (make build)", file=sys.stderr)
        return 69
    path, truth = data(os.path.abspath(options.data), options.size)
    needs_simdjson = set(chosen) & {"filter", "group-by", "openai"}
    simdjson = compile_simdjson(options.data) if needs_simdjson else None
    with open(path, "rb") as file:  # Into the cache, for all alike.
        while file.read(1 << 20):
            pass
    adopt_orphans()
    base_rss = run("true", path, os.devnull, path + ".none")[2] + 256
    absent = [name for name in ("jq", "mlr", "sqlite3") if not shutil.which(name)]
    absent += [name for name in ("orjson", "duckdb", "sqlite_utils") if not importlib.util.find_spec(name)]
    absent += ["simdjson"] if needs_simdjson and not simdjson else []
    print(f"{path}: {truth['bytes'] / 1e6:.0f} MB, {truth['records']} records; {os.cpu_count()} cores"
          + (f"; not installed: {', '.join(absent)}" if absent else ""), file=sys.stderr)
    failures = []
    for task in chosen:
        rows, wrong = bench(task, path, truth, options.runs, base_rss, simdjson)
        if rows:
            table(rows, base_rss)
        for row in rows:
            print(json.dumps(row), flush=True)
        failures += wrong
    for failure in failures:
        print(f"bench: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
