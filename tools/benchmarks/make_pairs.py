"""Token ids of preference pairs, one JSON object a line, for ai.luthier.bench.PreferenceSpeed.

Usage: python make_pairs.py PAIRS.json TOKENIZER_DIR OUT.jsonl [MAX_TOKENS]
PAIRS.json is a list of {"conversations": [{"from", "value"}], "chosen": {"value"}, "rejected": {"value"}}. The prompt is one line a turn and
"assistant: "; of the first 200 pairs those stay whose longer side has at most MAX_TOKENS (1024). Answers end with the tokenizer's end token.
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer

pairs, folder, out, *limit = sys.argv[1:]
limit = int(limit[0]) if limit else 1024
tokenizer = Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
end = json.loads((pathlib.Path(folder) / "tokenizer_config.json").read_text())["eos_token"]
end = tokenizer.token_to_id(end if isinstance(end, str) else end["content"])


def ids(text):
    return tokenizer.encode(text, add_special_tokens=False).ids


kept = 0
with open(out, "w") as file:
    for pair in json.loads(pathlib.Path(pairs).read_text())[:200]:
        prompt = ids("".join(f"{turn['from']}: {turn['value']}\n" for turn in pair["conversations"]) + "assistant: ")
        chosen, rejected = ids(pair["chosen"]["value"]), ids(pair["rejected"]["value"])
        if len(prompt) + max(len(chosen), len(rejected)) <= limit:
            file.write(json.dumps({"prompt": prompt, "chosen": chosen + [end], "rejected": rejected + [end]}) + "\n")
            kept += 1
print(f"{kept} pairs")
