"""Preference rows in OpenAI's format, in two files: three quarters to train on, OUT.jsonl, and the rest, OUT-validation.jsonl.

Usage: python preference_rows.py PAIRS.json OUT [CHARACTERS]
PAIRS.json is a list of {"conversations": [{"from", "value"}], "chosen": {"value"}, "rejected": {"value"}}. Those stay whose last question has at
most 300 characters; the question stands alone, and of answers their first CHARACTERS (60), as in OfficialSdkPreferenceJobTest.
"""
import json
import pathlib
import sys

pairs, out, *characters = sys.argv[1:]
characters = int(characters[0]) if characters else 60
rows = []
for pair in json.loads(pathlib.Path(pairs).read_text()):
    question = pair["conversations"][-1]["value"]
    chosen, rejected = ({"role": "assistant", "content": pair[side]["value"][:characters]} for side in ("chosen", "rejected"))
    if len(question) <= 300 and chosen != rejected:
        rows.append(json.dumps({"input": {"messages": [{"role": "user", "content": question}]},
                                "preferred_output": [chosen], "non_preferred_output": [rejected]}))
training = len(rows) * 3 // 4
pathlib.Path(out + ".jsonl").write_text("\n".join(rows[:training]))
pathlib.Path(out + "-validation.jsonl").write_text("\n".join(rows[training:]))
print(f"{training} pairs and {len(rows) - training}")
