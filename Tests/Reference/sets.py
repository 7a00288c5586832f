"""Public sets of rated answers as interactions, and a count of them that shares no code with the commands.

sets.py records SET FILE     interactions, one a line
sets.py compare RECORDS METRICS
                             compares the metrics of fb-analyze with a count of the records made here; prints what
                             differs, then how many slices were compared
"""
import collections
import json
import sys
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

WORDS = {
    "feedbackqa": {"Excellent": 5, "Acceptable": 4, "Could be Improved": 2, "Bad": 1},
    "topical-chat": {"Excellent": 5, "Good": 4, "Passable": 3, "Not Good": 2, "Poor": 1},
}


def stars(value, low, high):
    """A value on another scale as one to five stars, to seven decimals."""
    return round(1 + 4 * (value - low) / (high - low), 7)


def records(name, path):
    if name == "oasst":
        for line in open(path, encoding="utf-8"):
            message = json.loads(line)
            if message["role"] != "assistant":
                continue
            labels = message.get("labels") or {"name": [], "value": []}
            values = dict(zip(labels["name"], labels["value"]))
            feedback = {"user_rating": stars(values["quality"], 0, 1)} if "quality" in values else {}
            if "helpfulness" in values:
                feedback["helpfulness"] = stars(values["helpfulness"], 0, 1)
            yield {"id": message["message_id"], "user_id": message["user_id"], "feedback": feedback,
                   "category": f"rank {message['rank']}", "timestamp": message["created_date"]}
    elif name == "feedbackqa":
        for number, item in enumerate(json.load(open(path, encoding="utf-8"))):
            for rater, word in enumerate(item["rating"]):
                yield {"id": f"{number}-{rater}", "user_id": f"rater {rater}",
                       "category": item["passage"]["source"], "feedback": {"user_rating": WORDS[name][word]}}
    elif name == "topical-chat":
        for key, talk in json.load(open(path, encoding="utf-8")).items():
            for number, turn in enumerate(talk["content"]):
                rating = WORDS[name].get(turn["turn_rating"])
                yield {"id": f"{key}-{number}", "session_id": key, "category": talk["config"],
                       "feedback": {"user_rating": rating} if rating else None}
    elif name == "unieval":
        for number, item in enumerate(json.load(open(path, encoding="utf-8"))):
            scores = item["scores"]
            yield {"id": str(number), "category": item["system_id"],
                   "feedback": {"user_rating": stars(scores["overall"], 1, 5),
                                "accuracy": stars(scores["groundedness"], 0, 1),
                                "helpfulness": stars(scores["engagingness"], 1, 3),
                                "clarity": stars(scores["understandability"], 0, 1)}}


def summary(values):
    """Count, levels, mean, poor and good of ratings given as they were spelled."""
    rounded = [value.quantize(Decimal("0.000001"), ROUND_HALF_UP) for value in values]
    levels = collections.Counter(int((value + Decimal("0.5")).to_integral_value(ROUND_FLOOR)) for value in rounded)
    mean = float(sum(map(Fraction, rounded)) / len(rounded)) if rounded else None
    return [len(values), [levels[level] for level in range(1, 6)], mean,
            sum(value <= 2 for value in values), sum(value >= 4 for value in values)]


def shown(rating):
    if rating is None:
        return summary([])
    return [rating["n"], rating["counts"], rating["mean"], rating["poor"]["k"], rating["good"]["k"]]


def is_same(left, right):
    if left[2] is None or right[2] is None:
        return left == right
    return left[:2] + left[3:] == right[:2] + right[3:] and abs(left[2] - right[2]) < 1e-6


def compare(records_path, metrics_path):
    slices = collections.defaultdict(list)
    for line in open(records_path, encoding="utf-8"):
        record = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        slices[None].append(record)
        slices[record["category"]].append(record)
    count = 0
    for line in open(metrics_path, encoding="utf-8"):
        metric = json.loads(line)
        if metric["type"] != "metric":
            continue
        count += 1
        scope = metric["scope"].get("category")
        rows = slices.pop(scope)
        if metric["interactions"] != len(rows):
            print(scope, metric["interactions"], len(rows))
        for name in ["user_rating", "accuracy", "helpfulness", "clarity"]:
            values = [Decimal(row["feedback"][name]) for row in rows if (row["feedback"] or {}).get(name) is not None]
            found = shown(metric["rating"] if name == "user_rating" else metric["dimensions"][name])
            if not is_same(found, summary(values)):
                print(scope, name, found, summary(values))
    if slices:
        print("not measured:", sorted(map(str, slices)))
    print("compared", count)


if sys.argv[1] == "records":
    for item in records(sys.argv[2], sys.argv[3]):
        print(json.dumps(item))
else:
    compare(sys.argv[2], sys.argv[3])
