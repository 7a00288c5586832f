#!/usr/bin/env python3
"""Measures fb-filter --redact beside the recognizers of presidio-analyzer on the labelled set of the tests.

    FB_LABELLED=DIR swift test --disable-xctest --filter LabelledSetTests
    Tests/acceptance/private_data.py DIR

The set has values planted in real sentences, and real texts without any. Compared are the kinds that both know: e-mail
addresses, IBAN, cards and IP addresses. A value is found where none of it is left, a text without one is a false alarm
where anything in it is reported. presidio runs with its patterns, checksums and words of context, without a model of
language (names are no part of this), at its default of any score and at 0.5. Printed are recall, precision, false alarms
and CPU seconds. Skipped with a message where presidio-analyzer is absent.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

KINDS = ["email", "iban", "card", "ip4", "ip6"]
NAMES = {"email": "EMAIL_ADDRESS", "iban": "IBAN_CODE", "card": "CREDIT_CARD", "ip4": "IP_ADDRESS", "ip6": "IP_ADDRESS"}


def row(name, found, alarms, negatives, seconds):
    hits = sum(found.values())
    total = sum(COUNTS.values())
    kinds = " ".join(f"{kind} {found.get(kind, 0)}/{COUNTS[kind]}" for kind in KINDS)
    print(f"{name:<18} recall {hits / total:.3f}  precision {hits / max(1, hits + alarms):.3f}  "
          f"{alarms} false alarms in {negatives} texts  {seconds:.2f} s   {kinds}")


def ours(records):
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        for number, record in enumerate(records):
            file.write(json.dumps({"id": str(number), "user_prompt": "p", "ai_response": record["ai_response"]}) + "\n")
        file.flush()
        before = os.times()
        output = subprocess.run(["fb-filter", "--redact", "email,iban,card,ip", file.name], check=True,
                                stdout=subprocess.PIPE).stdout
        after = os.times()
    texts = {int(line["id"]): line["ai_response"] for line in map(json.loads, output.splitlines())}
    if len(texts) != len(records):
        sys.exit("private_data: records are missing")
    found, alarms = {}, 0
    for number, record in enumerate(records):
        changed = texts[number] != record["ai_response"]
        if record["kind"] is None:
            alarms += changed
        elif changed and record["value"] not in texts[number]:
            found[record["kind"]] = found.get(record["kind"], 0) + 1
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    row("fb-filter", found, alarms, sum(r["kind"] is None for r in records), seconds)


def presidio(records):
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
    from presidio_analyzer.predefined_recognizers import (CreditCardRecognizer, EmailRecognizer, IbanRecognizer,
                                                          IpRecognizer)
    import spacy

    class Blank(NlpEngine):
        """Splits into words, and knows nothing else."""

        def __init__(self):
            self.nlp = spacy.blank("en")

        def load(self):
            pass

        def is_loaded(self):
            return True

        def process_text(self, text, language):
            doc = self.nlp(text)
            words = [token.text.lower() for token in doc]
            return NlpArtifacts(entities=[], tokens=doc, tokens_indices=[token.idx for token in doc], lemmas=words,
                                nlp_engine=self, language=language)

        def process_batch(self, texts, language, **_):
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word, language):
            return False

        def is_punct(self, word, language):
            return not word.isalnum()

        def get_supported_entities(self):
            return []

        def get_supported_languages(self):
            return ["en"]

    registry = RecognizerRegistry()
    for recognizer in (EmailRecognizer, IbanRecognizer, CreditCardRecognizer, IpRecognizer):
        registry.add_recognizer(recognizer())
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])
    before = time.process_time()
    reports = [engine.analyze(text=r["ai_response"], language="en", entities=sorted(set(NAMES.values())))
               for r in records]
    seconds = time.process_time() - before
    for least in (0, 0.5):
        found, alarms = {}, 0
        for record, report in zip(records, reports):
            report = [item for item in report if item.score >= least]
            if record["kind"] is None:
                alarms += bool(report)
                continue
            start = record["ai_response"].index(record["value"])
            end = start + len(record["value"])
            if any(item.entity_type == NAMES[record["kind"]] and item.start <= start and item.end >= end
                   for item in report):
                found[record["kind"]] = found.get(record["kind"], 0) + 1
        row(f"presidio >= {least}", found, alarms, sum(r["kind"] is None for r in records), seconds)


if len(sys.argv) != 2:
    sys.exit(__doc__)
RECORDS = [record for record in map(json.loads, open(os.path.join(sys.argv[1], "labelled.ndjson"), encoding="utf-8"))
           if record["kind"] is None or record["kind"] in KINDS]
COUNTS = {kind: sum(record["kind"] == kind for record in RECORDS) for kind in KINDS}
ours(RECORDS)
try:
    import presidio_analyzer  # noqa: F401
except ImportError:
    print("presidio: skipped, presidio-analyzer is not installed")
else:
    presidio(RECORDS)
