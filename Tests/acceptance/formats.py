#!/usr/bin/env python3
"""Hold the training files that fb-export writes to validators that others wrote.

    Tests/acceptance/formats.py [--shared DIR]

Files are made of the samples and, where the folder of data sets is there, of OpenAssistant conversations. A validator whose
package is absent is skipped with a message: datasets, trl (with transformers), google-genai, mistral-common, together
(before 2.15, which checks records itself), botocore, openai (with pydantic). The commands have to be on the PATH.
Ends with 1 if one of the validators refuses a file, or if none was there.
"""
import argparse
import contextlib
import importlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_DATASETS_DISABLE_PROGRESS_BARS="1")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


# Inputs


def samples(folder):
    """The samples as interactions."""
    path = folder / "samples.ndjson"
    sources = [ROOT / "samples" / name for name in ("support.json", "content.json", "education.csv")]
    path.write_bytes(b"".join(run(["fb-ingest", str(source)]) for source in sources))
    return path


def open_assistant(folder, shared):
    """OpenAssistant trees as interactions: the reply of the best rank has five stars, the one of the last rank one."""
    source = shared / "data/sets/oasst-trees/en_100_tree.jsonl"
    if not source.exists():
        return None
    records = []

    def walk(node, history):
        replies = [reply for reply in node.get("replies", []) if reply.get("text", "").strip()]
        if node["role"] == "prompter":
            ranked = sorted(replies, key=lambda reply: reply.get("rank") if reply.get("rank") is not None else 99)
            for place, reply in enumerate(ranked):
                stars = 5 if place == 0 else 1 if place == len(ranked) - 1 else 3
                records.append({
                    "id": reply["message_id"], "session_id": node["message_id"], "category": "oasst",
                    **({"history": history} if history else {}),
                    "user_prompt": node["text"], "ai_response": reply["text"], "feedback": {"user_rating": stars}})
        turn = {"role": "user" if node["role"] == "prompter" else "assistant", "content": node["text"]}
        for reply in replies:
            walk(reply, history + [turn])

    for line in source.read_text(encoding="utf-8").splitlines():
        walk(json.loads(line)["prompt"], [])
    path = folder / "oasst.ndjson"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


# Validators: each takes the path of a file and its records, and raises where it would refuse them.


def check_datasets(package):
    def check(path, records):
        table = package.Dataset.from_json(str(path), cache_dir=str(path.parent / "cache"))
        assert table.num_rows == len(records), "rows are missing"
        # LLaMA-Factory reads the columns that are named there out of each row.
        named = json.loads((path.parent / "dataset_info.json").read_text(encoding="utf-8")).get(path.stem, {})
        for record in records if named else []:
            assert set(named["columns"].values()) == set(record), "other columns than those that are named"
    return check


def check_trl(package):
    utils = importlib.import_module("trl.data_utils")
    tokenizers = importlib.import_module("tokenizers")
    transformers = importlib.import_module("transformers")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=words)
    # Roles have to alternate after the system prompt, as in the templates of most models.
    tokenizer.chat_template = (
        "{% set o = 1 if messages[0]['role'] == 'system' else 0 %}{% for m in messages %}"
        "{% if loop.index0 >= o and (m['role'] == 'user') != ((loop.index0 - o) % 2 == 0) %}"
        "{{ raise_exception('roles do not alternate') }}{% endif %}<{{ m['role'] }}>{{ m['content'] }}</s>{% endfor %}"
        "{% if add_generation_prompt %}<assistant>{% endif %}")

    def check(path, records):
        kinds = {"trl-sft": {"messages"}, "trl-prompt-completion": {"prompt", "completion"},
                 "trl-dpo": {"prompt", "chosen", "rejected"}, "trl-kto": {"prompt", "completion", "label"}}
        for record in records:
            assert set(record) == kinds.get(path.stem, {"messages"}), "other columns"
            assert utils.is_conversational(record), "not conversational"
            text = utils.apply_chat_template(record, tokenizer)
            assert text and all(value != "" for value in text.values()), "an empty text"
            if path.stem == "trl-dpo":
                assert text["chosen"] != text["rejected"], "a tie"
    return check


def check_gemini(package):
    types = importlib.import_module("google.genai.types")

    def check(path, records):
        for record in records:
            system = record.get("systemInstruction", record.get("system_instruction"))
            if system is not None:
                types.Content.model_validate(system)
            for content in record["contents"]:
                types.Content.model_validate(content)
            if path.stem == "gemini-dpo":
                example = {key: record[key] for key in ("contents", "completions")}
                types.GeminiPreferenceExample.model_validate(example)
    return check


def check_mistral(package):
    validator = importlib.import_module("mistral_common.protocol.instruct.validator")
    messages = importlib.import_module("mistral_common.protocol.instruct.messages")
    request = importlib.import_module("mistral_common.protocol.instruct.request").ChatCompletionRequest
    # Only the messages of fine-tuning have weights.
    request = request[messages.FinetuningMessage]
    finetuning = validator.MistralRequestValidator(mode=validator.ValidationMode.finetuning)

    def check(path, records):
        for record in records:
            finetuning.validate_request(request.model_validate(record))
    return check


def check_together(package):
    files = importlib.import_module("together.lib.utils.files")

    def check(path, records):
        report = files.check_file(path)
        assert report["is_check_passed"], report["message"]
        assert report["num_samples"] == len(records), "records were not checked"
    return check


def check_converse(package):
    session = importlib.import_module("botocore.session").get_session()
    validate = importlib.import_module("botocore.validate")
    shape = session.get_service_model("bedrock-runtime").operation_model("Converse").input_shape

    def check(path, records):
        for record in records:
            assert record.pop("schemaVersion") == "bedrock-conversation-2024"
            if path.stem == "bedrock-nova-dpo":
                candidates = record["messages"].pop()["candidates"]
                labels = sorted(candidate.pop("preferenceLabel") for candidate in candidates)
                assert labels == ["non-preferred", "preferred"]
                record["messages"] += [{"role": "assistant", **candidate} for candidate in candidates]
            # The validator of botocore lets members through that the shape does not know.
            assert set(record) <= {"system", "messages"}, "another member"
            report = validate.ParamValidator().validate({"modelId": "model", **record}, shape)
            assert not report.has_errors(), report.generate_report()
    return check


def check_openai(package):
    pydantic = importlib.import_module("pydantic")
    chat = importlib.import_module("openai.types.chat")
    messages = pydantic.TypeAdapter(list[chat.ChatCompletionMessageParam], config={"extra": "forbid"})

    def check(path, records):
        for record in records:
            found = record.get("messages") or record["input"]["messages"]
            found = found + record.get("preferred_output", []) + record.get("non_preferred_output", [])
            # The type is that of a chat, which has no weights.
            plain = [{key: value for key, value in turn.items() if key != "weight"} for turn in found]
            checked = messages.validate_python(plain, strict=False)
            assert len(list(checked)) == len(found)
            for turn in found:
                assert turn.get("weight", 1) in (0, 1) and set(turn) <= {"role", "content", "weight"}
    return check


VALIDATORS = {
    "datasets": (check_datasets, None),
    "trl": (check_trl, ["trl-sft", "trl-prompt-completion", "trl-dpo", "trl-kto", "axolotl"]),
    "google.genai": (check_gemini, ["gemini", "gemini-dpo"]),
    "mistral_common": (check_mistral, ["mistral"]),
    "together": (check_together, ["together", "together-dpo"]),
    "botocore": (check_converse, ["bedrock-nova", "bedrock-nova-dpo", "bedrock-converse", "bedrock-distill"]),
    "openai": (check_openai, ["openai", "azure", "openai-dpo", "openai-rft", "fireworks", "bedrock-rft"]),
}


def validators():
    for name, (make, formats) in VALIDATORS.items():
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield name, make(importlib.import_module(name)), formats
        except ImportError as error:
            print(f"skipped: {name}: {error}")


def refuses(check, path, lines):
    """Whether a validator refuses a file of which the roles are spelled wrongly: one that takes anything proves nothing."""
    broken = path.parent / "broken" / path.name
    broken.parent.mkdir(exist_ok=True)
    lines = [line.replace('"role"', '"roll"') for line in lines]
    broken.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    try:
        check(broken, [json.loads(line) for line in lines])
    except Exception:
        return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared")
    arguments = parser.parse_args()
    listed = [json.loads(line) for line in run(["fb-export", "--list-formats"]).splitlines()]
    formats = [entry["name"] for entry in listed if entry["takes"] != "all" and entry["name"] != "json"]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        inputs = [samples(folder), open_assistant(folder, arguments.shared)]
        if inputs[1] is None:
            print(f"skipped: OpenAssistant: not in {arguments.shared}")
        checks = list(validators())
        for source in filter(None, inputs):
            out = folder / source.stem
            run(["fb-export", "--format", ",".join(formats), "--allow-few", "--out-dir", str(out), str(source)])
            for name in formats:
                path = out / f"{name}.jsonl"
                run(["fb-export", "--check", name, "--allow-few", str(path)])
                encoding = "utf-8-sig" if name == "azure" else "utf-8"
                lines = path.read_text(encoding=encoding).splitlines()
                assert lines, f"{name}: an empty file proves nothing"
                for validator, check, taken in checks:
                    # The loader of datasets refuses the mark that Azure asks for.
                    if name not in (taken or formats) or (taken is None and name == "azure"):
                        continue
                    try:
                        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                            check(path, [json.loads(line) for line in lines])
                            assert taken is None or refuses(check, path, lines), "takes a broken file, too"
                        passed += 1
                        print(f"ok      {source.stem:8} {name:22} {validator:15} {len(lines)} records")
                    except Exception as error:
                        failed += 1
                        print(f"REFUSED {source.stem:8} {name:22} {validator:15} {str(error)[:300]}")
    print(f"{passed} files accepted, {failed} refused")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
