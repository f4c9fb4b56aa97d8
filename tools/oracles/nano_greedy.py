"""What transformers makes of the embedded model: its tokens for one request and the 32 likeliest tokens that follow.

Writes the fixture that NanoTest compares the engine with:

    python tools/oracles/nano_greedy.py luthier-nano/src/main/resources/ai/luthier/nano \
        luthier-engine/src/test/resources/ai/luthier/engine/generate/nano_greedy.json
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

REQUEST = "Tell me a story about a dog."


def main(model_directory, fixture):
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(model_directory)
    model = AutoModelForCausalLM.from_pretrained(model_directory, dtype=torch.float32)
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": REQUEST}], add_generation_prompt=True, tokenize=False
    )
    prompt = tokenizer(text, return_tensors="pt", add_special_tokens=False)
    answer = model.generate(**prompt, max_new_tokens=32, do_sample=False)[0].tolist()
    prompt_ids = prompt.input_ids[0].tolist()
    with open(fixture, "w") as out:
        json.dump(
            {"request": REQUEST, "prompt_ids": prompt_ids, "greedy_ids": answer[len(prompt_ids) :]},
            out,
            indent=1,
        )
        out.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
