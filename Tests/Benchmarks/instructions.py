#!/usr/bin/env python3
"""Counts the instructions that the commands spend on a byte of input, and fails where they are more than agreed.

usage: instructions.py [--record] [FOLDER]

FOLDER holds the built commands (.build/release by default). A time depends on the machine and its other guests; a count of
instructions does not, so it can be compared with a committed limit: instructions.json beside this script. The cost of
starting up is taken off. --record writes the limits anew, 5 percent above what is measured; do so where a change is meant
to cost what it costs.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

SIZE = 5_000_000
HEADROOM = 1.05
LIMITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
CASES = {
    "filter": ["fb-filter", "--min-rating", "4", "--where", 'model == "m2"'],
    "cjk": ["fb-filter", "--min-rating", "4", "--where", 'model == "m2"'],
    "escapes": ["fb-filter", "--min-rating", "4", "--where", 'model == "m2"'],
    "redact": ["fb-filter", "--redact", "email,iban,card,ip,phone", "--secrets", "redact"],
    "dedup": ["fb-filter", "--dedup", "exact"],
    "group-by": ["fb-analyze", "--by", "category,model"],
    "openai": ["fb-export", "--format", "openai", "--allow-few"],
    "ingest": ["fb-ingest"],
}
WORDS = """the a of and to in is it for on with as by from an account answer billing cancel change charge check code
contact could customer data date day delivery email error export file find first free help invoice item later list login
month number offer open order page password pay plan please price question refund report reset save select send service
setting share shop sign start step support system team text time total update use user version wait week work year""".split()


# What the words of a text are written with; other cases read plain text.
ALPHABETS = {"cjk": "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3002", "escapes": "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3002"}


def sentence(generator, words):
    return " ".join(generator.choice(WORDS) for _ in range(words)).capitalize() + "."


def record(generator, index, case):
    """One interaction: two in three are rated, one in twenty has text beyond ASCII, one in ten escapes.

    For a case of its own alphabet every letter of the texts is one of that.
    """
    prompt = sentence(generator, generator.randint(8, 40))
    answer = " ".join(sentence(generator, generator.randint(6, 30)) for _ in range(generator.randint(2, 10)))
    if generator.random() < 0.05:
        answer += " Schöne Grüße, 日本語 😀"
    if generator.random() < 0.1:
        answer += '\n"quoted"\tC:\\temp'
    alphabet = ALPHABETS.get(case)
    if alphabet:
        prompt, answer = ("".join(alphabet[ord(letter) % len(alphabet)] for letter in text if letter != " ")
                          for text in (prompt, answer))
    seconds = index * 37
    made = {
        "id": f"i{index:06d}",
        "timestamp": f"2024-{1 + seconds // 2592000 % 12:02d}-{1 + seconds // 86400 % 28:02d}"
        f"T{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z",
        "session_id": f"s{index // 3}",
        "user_id": f"u{generator.randrange(500)}",
        "user_prompt": prompt,
        "ai_response": answer,
        "category": generator.choice(["billing", "delivery", "account", "product"]),
        "model": generator.choice(["m1", "m2"]),
        "response_time_ms": int(generator.lognormvariate(6.5, 0.6)),
    }
    if generator.random() < 0.67:
        rating = generator.choice([1, 2, 3, 4, 4, 5, 5, 5])
        made["feedback"] = {"user_rating": rating, "accuracy": generator.randint(1, 5)}
        if rating < 3:
            made["feedback"]["feedback_text"] = sentence(generator, 12)
    made["metadata"] = {"plan": generator.choice(["free", "pro"]), "tokens": generator.randrange(2000)}
    is_escaped = case == "escapes" or case != "cjk" and generator.random() < 0.5
    return json.dumps(made, ensure_ascii=is_escaped, separators=(",", ":")) + "\n"


def generate(path, case):
    generator = random.Random(7)
    size = 0
    index = 0
    with open(path, "wb") as file:
        while size < SIZE:
            line = record(generator, index, case).encode()
            file.write(line)
            size += len(line)
            index += 1
    return size


def count(folder, command, path):
    """Instructions of one run; hashing without a random seed makes them the same every time."""
    environment = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1", SWIFT_BACKTRACE="enable=no", LC_ALL="C")
    tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    run = subprocess.run(
        tool + [os.path.join(folder, command[0])] + command[1:] + [path],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, text=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"instructions: {command[0]} failed ({run.returncode}):\n{run.stderr[-2000:]}")
    return int(found.group(1).replace(",", ""))


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--record"]
    is_recording = len(arguments) < len(sys.argv) - 1
    folder = arguments[0] if arguments else ".build/release"
    if not shutil.which("valgrind"):
        print("instructions: valgrind is missing", file=sys.stderr)
        sys.exit(69)
    limits = {}
    if os.path.exists(LIMITS):
        with open(LIMITS) as file:
            limits = json.load(file)
    measured = {}
    too_many = False
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "records.ndjson")
        empty = os.path.join(scratch, "empty.ndjson")
        open(empty, "w").close()
        print(f"{'case':<10} {'start, M':>9} {'per byte':>9} {'limit':>9}")
        for name, command in CASES.items():
            size = generate(path, name)
            start = count(folder, command, empty)
            measured[name] = (count(folder, command, path) - start) / size
            limit = limits.get(name)
            is_over = limit is not None and measured[name] > limit
            too_many = too_many or is_over
            shown = "none" if limit is None else f"{limit:.2f}"
            print(f"{name:<10} {start / 1e6:>9.2f} {measured[name]:>9.2f} {shown:>9}{'  too many' if is_over else ''}")
    if is_recording:
        with open(LIMITS, "w") as file:
            json.dump({name: round(value * HEADROOM, 2) for name, value in measured.items()}, file, indent=2)
            file.write("\n")
    elif set(limits) != set(CASES):
        sys.exit("instructions: there is no limit for each case; record them (--record)")
    elif too_many:
        sys.exit("instructions: more than agreed")


if __name__ == "__main__":
    main()
