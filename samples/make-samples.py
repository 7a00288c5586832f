#!/usr/bin/env python3
"""Makes the sample data: four use cases of AI answers and the feedback on them, each in another format.

usage: make-samples.py [OUTDIR]      (default: the folder of this script)

Everything is synthetic. The texts are drawn from templates/, written by hand; ratings are dealt from the quotas below.
Only random() is asked of the generator, and only + - * / and comparisons are done with what it gives, so the bytes are
the same with every Python from 3.9 on, on every machine. The script reads back what it made, checks what README.md
promises, and ends with 1, nothing written, where that is not so.

How templates are written (\\n is a line break):
  == NAME            a category. Tags after it and before its first topic are for all its topics; before the first
                     category, for all
  -- NAME [LANGUAGE] a topic: questions that have one answer
  Q: A: X:           a prompt; a good answer; an answer that is wrong in the way people complain about
  P: M: G: S:        what people say of a poor, a middling, a good answer; what they suggest
  name: a | b        a slot and its values; "one / two: a / b | c / d" draws two slots together
  calc: NAME         slots that are computed
  [a|b]              either; {name} the value of a slot, {Name} the same with a capital
"""

import csv
import datetime
import io
import json
import math
import os
import random
import re
import sys

SEED = 20241001
START = datetime.datetime(2024, 10, 1)
END = datetime.datetime(2024, 10, 31)
INTERACTIONS = 400
ERRORS = 6
PEOPLE = 48
DIMENSIONS = ["accuracy", "helpfulness", "clarity"]
FEEDBACK = ["user_rating", *DIMENSIONS, "feedback_text", "suggestion", "corrected_response", "approved", "rated_at"]
COLUMNS = ["id", "timestamp", "session_id", "user_id", "user_prompt", "ai_response", "category", "model",
           "prompt_version", "language", "response_time_ms", "status"]

# The planted category and its weakest dimension, how many interactions it has, and how many people gave it 1, 2, 3, 4
# and 5 stars; the same of all other categories together.
USE_CASES = {
    "support": ("refunds", "accuracy", 108, (18, 11, 7, 8, 22), (7, 4, 15, 29, 95)),
    "education": ("fractions", "clarity", 104, (12, 14, 9, 9, 21), (4, 5, 13, 34, 94)),
    "business": ("leave-policy", "accuracy", 112, (20, 9, 6, 10, 24), (6, 3, 11, 25, 110)),
    "content": ("product-descriptions", "helpfulness", 110, (14, 13, 9, 9, 19), (3, 4, 16, 37, 90)),
}


class Draw:
    """Choices made with random() alone, whose sequence no version of Python changes."""

    def __init__(self, seed):
        self.unit = random.Random(seed).random

    def below(self, count):
        return int(self.unit() * count)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, share):
        return self.unit() < share

    def pick(self, values):
        return values[self.below(len(values))]

    def shuffle(self, values):
        for last in range(len(values) - 1, 0, -1):
            other = self.below(last + 1)
            values[last], values[other] = values[other], values[last]
        return values


# ---------------------------------------------------------------------------------------------------------
# Templates


class Node:
    """A use case, a category or a topic: its texts by tag, and its slots."""

    def __init__(self, name="", language="en"):
        self.name, self.language = name, language
        self.texts, self.slots, self.calculations, self.children = {}, [], [], []


def parse(lines):
    root = category = topic = Node()
    for line in (line.rstrip("\n") for line in lines):
        if not line or line.startswith("#"):
            continue
        tag, _, rest = line.partition(": ")
        if line.startswith("== "):
            category = topic = Node(line[3:])
            root.children.append(category)
        elif line.startswith("-- "):
            topic = Node(*line[3:].split())
            category.children.append(topic)
        elif tag == "calc":
            topic.calculations.append(rest)
        elif len(tag) == 1 and tag in "QAXPMGS":
            topic.texts.setdefault(tag, []).append(rest.replace("\\n", "\n"))
        elif re.fullmatch(r"[a-z]+( / [a-z]+)*", tag):
            names, rows = tag.split(" / "), [row.split(" / ") for row in rest.split(" | ")]
            if any(len(row) != len(names) for row in rows):
                sys.exit(f"make-samples: values without a name: {line}")
            topic.slots.append((names, rows))
        else:
            sys.exit(f"make-samples: not a template line: {line}")
    return root


def calculate(name, draw, slots):
    """The slots that `calc: NAME` adds."""
    if name == "delivered":
        days = draw.between(15, 29)
        return {"days": days, "left": "1 day" if days == 29 else f"{30 - days} days"}
    if name == "length":
        return {"length": len(slots["german"])}
    if name == "linear":
        p, q, x = draw.between(2, 9), draw.between(1, 15), draw.between(2, 12)
        return {"p": p, "q": q, "x": x, "r": p * x + q, "rq": p * x, "pq": p * q}
    if name == "percent":
        percent, whole = 5 * draw.between(1, 12), 20 * draw.between(2, 30)
        return {"percent": percent, "whole": whole, "one": f"{whole // 100}.{whole % 100 // 10}".replace(".0", ""),
                "share": percent * whole // 100, "rest": whole - percent * whole // 100}
    if name == "growth":
        before, growth = 20 * draw.between(5, 40), 5 * draw.between(1, 9)
        return {"before": before, "growth": growth, "after": before + before * growth // 100}
    if name == "part":
        a, b = fraction(draw)
        part = draw.between(4, 12)
        return {"a": a, "b": b, "whole": b * part, "part": part, "taken": a * part, "left": (b - a) * part}
    if name == "fractions":
        (a, b), (c, d) = fraction(draw), fraction(draw)
        while a * d == c * b:
            c, d = fraction(draw)
        k, m = draw.between(2, 6), b * d // math.gcd(b, d)
        am, cm = a * m // b, c * m // d
        total = f"{am + cm}/{m}"
        if lowest(am + cm, m) != total:
            total += " = " + lowest(am + cm, m)
        return {"a": a, "b": b, "c": c, "d": d, "m": m, "am": am, "cm": cm, "total": total, "ac": a * c, "bd": b * d,
                "ad": a * d, "bc": b * c, "product": lowest(a * c, b * d), "quotient": lowest(a * d, b * c),
                "bigger": f"{a}/{b}" if am > cm else f"{c}/{d}", "k": k, "ka": k * a, "kb": k * b}
    sys.exit(f"make-samples: no calculation {name}")


def fraction(draw):
    while True:
        b = draw.pick([2, 3, 4, 5, 6, 8, 10])
        a = draw.between(1, b - 1)
        if math.gcd(a, b) == 1:
            return a, b


def lowest(upper, lower):
    common = math.gcd(upper, lower)
    return f"{upper // common}/{lower // common}" if lower != common else str(upper // common)


def draw_slots(nodes, draw):
    slots = {"order": f"TR-{draw.between(10000, 99999)}",
             "email": f"{draw.pick(['ana', 'ben', 'chris', 'dora', 'emil'])}.{draw.between(10, 99)}@example.com"}
    for node in nodes:
        for names, rows in node.slots:
            slots.update(zip(names, draw.pick(rows)))
        for name in node.calculations:
            slots.update(calculate(name, draw, slots))
    return slots


def render(text, slots, draw):
    text = re.sub(r"\[([^\[\]]*\|[^\[\]]*)\]", lambda found: draw.pick(found[1].split("|")), text)
    return re.sub(r"\{(\w+)\}", lambda found: fill(found[1], slots), text)


def fill(name, slots):
    """The value of a slot; {Name} begins it with a capital."""
    value = str(slots[name.lower()])
    return value[0].upper() + value[1:] if name[0].isupper() else value


# ---------------------------------------------------------------------------------------------------------
# Records


def deal_ratings(root, draw, planted, count, planted_stars, other_stars):
    """Of every interaction, in random order: category, rating or None, model, version of the prompt."""
    def stars(counts):
        return [rating for rating, number in enumerate(counts, 1) for _ in range(number)]

    others = [category for category in root.children if category.name != planted]
    rest = stars(other_stars)
    dealt = {category.name: rest[index::len(others)] for index, category in enumerate(others)}
    dealt[planted] = stars(planted_stars)
    hands = []
    for category in root.children:
        index = others.index(category) if category in others else 0
        size = count if category.name == planted else (INTERACTIONS - count + index) // len(others)
        ratings = dealt[category.name]
        hands += [(category, rating) for rating in ratings + [None] * (size - len(ratings))]
    # Both models and both versions get their part of each rating, so that none of them is to blame.
    hands.sort(key=lambda hand: hand[1] or 0)
    models = ["heron-large" if index % 10 in (0, 3, 6) else "heron-small" for index in range(len(hands))]
    versions = ["7" if index % 2 == 0 else "8" for index in range(len(hands))]
    return draw.shuffle([(*hand, model, version) for hand, model, version in zip(hands, models, versions)])


def write_answer(root, category, rating, is_planted, language, draw):
    """A prompt, its answer and, where that is a wrong one, the right one; with the topic and a writer of comments."""
    topics = [topic for topic in category.children if topic.language in ("en", language)]
    own = [topic for topic in topics if topic.language == language != "en"]
    if own and draw.chance(0.75):
        topics = own
    if rating is None:
        wrong_share = 0.42 if is_planted else 0.05
    elif rating == 3:
        wrong_share = 0.5 if is_planted else 0.1
    else:
        wrong_share = rating <= 2
    is_wrong = draw.chance(wrong_share)
    if is_wrong:
        topics = [topic for topic in topics if "X" in topic.texts] or topics
    topic = draw.pick(topics)
    slots = draw_slots([root, category, topic], draw)
    right = render(draw.pick(topic.texts["A"]), slots, draw)
    is_wrong = is_wrong and "X" in topic.texts
    answer = render(draw.pick(topic.texts["X"]), slots, draw) if is_wrong else right

    def comment(tag):
        texts = topic.texts.get(tag, [])
        if topic.language == "en" and (not texts or draw.chance(0.6)):
            texts = category.texts.get(tag, []) or texts
        return render(draw.pick(texts), slots, draw) if texts else None

    return topic, render(draw.pick(topic.texts["Q"]), slots, draw), answer, right if is_wrong else None, comment


def write_feedback(rating, is_planted, weakest, correction, comment, draw):
    level = "P" if rating <= 2 else "M" if rating == 3 else "G"
    feedback = {"user_rating": rating}
    if draw.chance(0.62):
        for dimension in DIMENSIONS:
            value = rating + draw.pick([-1, 0, 0, 0, 1])
            if is_planted and rating <= 3:
                value = draw.pick([1, 1, 2]) if dimension == weakest else rating + draw.pick([1, 2, 2])
            feedback[dimension] = min(5, max(1, value))
    feedback["feedback_text"] = comment(level) if draw.chance({"P": 0.8, "M": 0.5, "G": 0.35}[level]) else None
    feedback["suggestion"] = comment("S") if draw.chance(0.06 if level == "G" else 0.35) else None
    feedback["corrected_response"] = correction if rating <= 2 and draw.chance(0.45) else None
    if level != "M" and draw.chance(0.1):
        feedback["approved"] = draw.chance(0.9) if level == "G" else False
    return {name: value for name, value in feedback.items() if value is not None}


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_people(name, draw):
    """48 people, some of whom ask much: (id, language), the busy ones several times."""
    languages = ["en", "en", "de", "en", "en", "en", "es", "en"]
    people = [(f"{name}-user-{number + 1:02}", languages[number % 8]) for number in range(PEOPLE)]
    return [person for number, person in enumerate(people)
            for _ in range(1 + 6 * (number % 6 == 0) + 2 * (number % 4 == 0))]


def make_interactions(name, index):
    planted, weakest, count, planted_stars, other_stars = USE_CASES[name]
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
    with open(os.path.join(folder, f"{name}.txt"), encoding="utf-8") as lines:
        root = parse(lines)
    draw = Draw(SEED + index)
    people = make_people(name, draw)
    hands = deal_ratings(root, draw, planted, count, planted_stars, other_stars)
    without_rating = [position for position, (_, rating, _, _) in enumerate(hands) if rating is None]
    errors = set(draw.shuffle(without_rating)[:ERRORS])
    only_text = set(without_rating[ERRORS:ERRORS + 3])
    records, position, session = [], 0, 0
    while position < INTERACTIONS:
        session += 1
        user, language = draw.pick(people)
        day = START + datetime.timedelta(days=draw.below((END - START).days))
        if day.weekday() >= 5 and draw.chance(0.6):
            day += datetime.timedelta(days=2 if day.day < 29 else -2)
        moment = day + datetime.timedelta(seconds=draw.between(7 * 3600, 21 * 3600))
        for _ in range(draw.pick([1, 1, 1, 2, 2, 3])):
            if position == INTERACTIONS:
                break
            category, rating, model, version = hands[position]
            is_planted = category.name == planted
            topic, prompt, answer, correction, comment = write_answer(
                root, category, rating, is_planted, language, draw)
            time = 1600.0 if model == "heron-large" else 900.0
            for _ in range(6):
                time *= 0.55 + draw.unit()
            record = {
                "id": "", "timestamp": stamp(moment), "session_id": f"{name}-session-{session:03}", "user_id": user,
                "user_prompt": prompt, "ai_response": answer, "category": category.name,
                "model": model, "prompt_version": f"{name}-{version}",
                "language": topic.language, "response_time_ms": int(time)}
            if position in errors:
                record["ai_response"] = "Something went wrong. Please try again."
                record.update(response_time_ms=30000, status="error")
            elif rating is not None:
                record["feedback"] = write_feedback(rating, is_planted, weakest, correction, comment, draw)
            elif position in only_text:
                record["feedback"] = {"feedback_text": "I will rate this when I have tried it."}
            if "feedback" in record:
                delay = draw.between(20, 1800) if draw.chance(0.85) else draw.between(20, 144) * 3600 + draw.below(3600)
                rated = moment + datetime.timedelta(seconds=delay)
                soon = moment + datetime.timedelta(seconds=40)
                record["feedback"]["rated_at"] = stamp(rated if rated < END else soon)
            records.append(record)
            moment += datetime.timedelta(seconds=draw.between(45, 600))
            position += 1
    records.sort(key=lambda record: (record["timestamp"], record["session_id"]))
    for number, record in enumerate(records, 1):
        record["id"] = f"{name}-{number:04}"
    return records, draw


# ---------------------------------------------------------------------------------------------------------
# Formats


def flat(record):
    members = {name: value for name, value in record.items() if name != "feedback"}
    return members | record.get("feedback", {})


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_support(records, _):
    return {"support.json": "[\n" + ",\n".join(to_json(flat(record)) for record in records) + "\n]\n"}


def make_education(records, _):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS + FEEDBACK, lineterminator="\r\n")
    writer.writeheader()
    for record in records:
        row = flat(record)
        if "approved" in row:
            row["approved"] = "true" if row["approved"] else "false"
        writer.writerow(row)
    return {"education.csv": text.getvalue()}


def make_business(records, draw):
    """The log of answers and, beside it, the log of feedback, which is only appended to.

    Three people think better of it (5 stars, then 2), one event was delivered twice.
    """
    events, changed = [], 0
    for record in records:
        feedback = record.pop("feedback", None)
        if feedback is None:
            continue
        moment = feedback.pop("rated_at")
        head = {"type": "feedback", "id": "", "interaction_id": record["id"], "user_id": record["user_id"]}
        if feedback.get("user_rating") == 2 and changed < 3 and record["category"] == "leave-policy" \
                and moment < "2024-10-28":
            changed += 1
            events.append(head | {"timestamp": moment, "user_rating": 5, "feedback_text": "Thanks!"})
            moment = stamp(datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(hours=26))
        events.append(head | {"timestamp": moment} | feedback)
    events.sort(key=lambda event: (event["timestamp"], event["interaction_id"]))
    for number, event in enumerate(events, 1):
        event["id"] = f"feedback-{number:04}"
    again = draw.between(20, len(events) - 20)
    events.insert(again + 3, events[again])
    lines = {"business.ndjson": records, "business-feedback.ndjson": events}
    return {name: "".join(to_json(value) + "\n" for value in values) for name, values in lines.items()}


def make_content(records, _):
    categories = {}
    for name in sorted({record["category"] for record in records}):
        own = [record for record in records if record["category"] == name]
        ratings = [r["feedback"]["user_rating"] for r in own if "user_rating" in r.get("feedback", {})]
        categories[name] = {"total_prompts": len(own), "average_rating": round(sum(ratings) / len(ratings), 2)}
    head = {"created_at": stamp(END - datetime.timedelta(hours=1)), "total_records": len(records), "synthetic": True}
    rows = ",\n".join(to_json(record) for record in records)
    text = f'{{"metadata":{to_json(head)},\n"categories":{to_json(categories)},\n"prompts":[\n{rows}\n]}}\n'
    return {"content.json": text}


# ---------------------------------------------------------------------------------------------------------
# Checks


def read_back(name, files):
    """The interactions in the files, with their feedback, however they are written."""
    records = []
    if name == "content":
        return json.loads(files["content.json"])["prompts"]
    if name == "business":
        records = [json.loads(line) for line in files["business.ndjson"].splitlines()]
        by_id = {record["id"]: record for record in records}
        for event in map(json.loads, files["business-feedback.ndjson"].splitlines()):
            given = by_id[event["interaction_id"]].setdefault("feedback", {})
            given.update({key: event[key] for key in FEEDBACK if key in event}, rated_at=event["timestamp"])
        return records
    if name == "support":
        rows = json.loads(files["support.json"])
    else:
        rows = [{key: value for key, value in row.items() if value != ""}
                for row in csv.DictReader(io.StringIO(files["education.csv"], newline=""))]
    for row in rows:
        feedback = {key: row.pop(key) for key in FEEDBACK if key in row}
        for key in ["user_rating", *DIMENSIONS]:
            if key in feedback:
                feedback[key] = int(feedback[key])
        records.append(row | ({"feedback": feedback} if feedback else {}))
    return records


def wilson_low(count, total):
    """The lower end of the one-sided 95 % Wilson interval of count / total."""
    z, share = 1.6448536269514722, count / total
    middle = share + z * z / (2 * total)
    return (middle - z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))) / (1 + z * z / total)


def broken_promises(name, files):
    planted, weakest, *_ = USE_CASES[name]
    records = read_back(name, files)
    rated = [record for record in records if "user_rating" in record.get("feedback", {})]

    def groups(member):
        return {value: [record for record in rated if record[member] == value]
                for value in {record[member] for record in records}}

    def poor(group):
        return sum(record["feedback"]["user_rating"] <= 2 for record in group)

    def above_target(group):
        return wilson_low(poor(group), len(group)) > 0.15

    def mean(group, dimension):
        values = [record["feedback"][dimension] for record in group if dimension in record["feedback"]]
        return sum(values) / len(values)

    by_category = groups("category")
    own = by_category[planted]
    rest = [record for record in rated if record["category"] != planted]
    stars = [sum(record["feedback"]["user_rating"] == value for record in rated) for value in range(1, 6)]
    other_dimensions = [mean(own, dimension) for dimension in DIMENSIONS if dimension != weakest]
    texts = [value for record in records for value in flat(record).values() if isinstance(value, str)]
    times = [record["timestamp"] for record in records]
    times += [record["feedback"]["rated_at"] for record in records if "feedback" in record]
    decided = [record["feedback"]["approved"] for record in rated if "approved" in record["feedback"]]
    promises = {
        "400 interactions, each with its own id": len({record["id"] for record in records}) == len(records)
        == INTERACTIONS,
        "at least 40 people": len({record["user_id"] for record in records}) >= 40,
        "all times in October 1 to 30": min(times) >= stamp(START) and max(times) < stamp(END),
        "5 to 7 categories": 5 <= len(by_category) <= 7,
        "45 to 60 % rated": 0.45 <= len(rated) / len(records) <= 0.60,
        "most ratings 5, poor ones no rarity": stars[4] >= 0.45 * len(rated) and stars[0] + stars[1] > stars[2],
        "errors without rating": sum(record.get("status") == "error" for record in records) == ERRORS
        and all(record.get("status") != "error" for record in rated),
        "60 planted ratings of 15 people": len(own) >= 60 and len({record["user_id"] for record in own}) >= 15,
        "planted poor share of 40 %, elsewhere 12 %": poor(own) >= 0.40 * len(own) and poor(rest) <= 0.12 * len(rest),
        "planted above the target, other categories not": all(
            above_target(group) == (category == planted) for category, group in by_category.items()),
        "no model, no version above the target": not any(
            above_target(group) for member in ("model", "prompt_version") for group in groups(member).values()),
        "a clear weakest dimension": mean(own, weakest) + 0.5 <= min(other_dimensions),
        "corrections": 8 <= sum("corrected_response" in record["feedback"] for record in rated) <= poor(rated),
        "decisions both ways": len(set(map(str, decided))) == 2,
        "line breaks, quotes, emoji and three languages": all(
            any(re.search(pattern, text) for text in texts) for pattern in ["\n", '"', "[\U0001F300-\U0001FAFF]"])
        and {record["language"] for record in records} == {"en", "de", "es"},
        "no slot left open": not any(re.search(r"\{[a-z]+\}|\|\]", text) for text in texts),
    }
    return [f"{name}: not so: {promise}" for promise, holds in promises.items() if not holds]


def main():
    if len(sys.argv) > 2 or sys.argv[1:2] in (["--help"], ["-h"]):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 64
    folder = sys.argv[1] if len(sys.argv) == 2 else os.path.dirname(os.path.abspath(__file__))
    makers = {"support": make_support, "education": make_education, "business": make_business, "content": make_content}
    made, broken = {}, []
    for index, (name, make) in enumerate(makers.items()):
        files = make(*make_interactions(name, index))
        broken += broken_promises(name, files)
        made.update(files)
    if broken:
        print("\n".join(broken), file=sys.stderr)
        return 1
    for name, text in made.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
