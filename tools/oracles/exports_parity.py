#!/usr/bin/env python3
"""Loads what Luthier exported in transformers and peft and compares the logits of both.

    exports_parity.py BASE_DIRECTORY PEFT_EXPORT MERGED_EXPORT        one JSON object

The reference is the base with the adapter that peft loads, in fp32; the merged directory must have its logits up to the rounding of its type, and
the tokens of its greedy continuation (64) for the prompts of parity.json. Logits are those of the last 16 positions of a prompt, as at export;
"everywhere" is the largest difference at any position. Also the ids of the 100 texts and the bytes of the template.
"""
import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from gguf_parity import TEXTS, Reference


POSITIONS = 16


def greedy(reference):
    return [tokens for tokens, _ in reference.greedy]


def main():
    torch.set_num_threads(1)
    base_directory, adapter, merged_directory = sys.argv[1:4]
    merged = Reference(merged_directory)
    tuned = Reference(merged_directory, PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(base_directory, dtype=torch.float32), adapter).eval())
    base = Reference(merged_directory, AutoModelForCausalLM.from_pretrained(base_directory, dtype=torch.float32).eval())
    largest = max(float(logits[-POSITIONS:].abs().max()) for logits in tuned.logits)
    difference = max(float((a - b)[-POSITIONS:].abs().max()) for a, b in zip(merged.logits, tuned.logits))
    everywhere = max(float((a - b).abs().max()) for a, b in zip(merged.logits, tuned.logits))
    changed = max(float((a - b).abs().max()) for a, b in zip(base.logits, tuned.logits))
    theirs, ours = AutoTokenizer.from_pretrained(adapter), AutoTokenizer.from_pretrained(merged_directory)
    texts = json.loads(TEXTS.read_text())["texts"]
    print(json.dumps({
        "largest": largest,
        "difference": difference,
        "everywhere": everywhere,
        "adapter_changes": changed,
        "greedy": sum(a == b for a, b in zip(greedy(merged), greedy(tuned))),
        "of": len(merged.prompts),
        "ids": sum(theirs(text)["input_ids"] == ours(text)["input_ids"] for text in texts),
        "template": theirs.chat_template == ours.chat_template,
        # What Luthier's own tests compare theirs with: the last logits of the first prompt.
        "last_logits": tuned.logits[0][-1].tolist(),
    }))


if __name__ == "__main__":
    main()
