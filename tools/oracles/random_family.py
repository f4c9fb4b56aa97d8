#!/usr/bin/env python3
"""Writes a small random model of one family beside the tokenizer of another model.

    random_family.py MODEL_TYPE TOKENIZER_DIRECTORY OUT

MODEL_TYPE is llama, mistral, qwen2 or qwen3. Widths are multiples of 256, so that every quantisation applies. Matrices have a standard deviation of 1.2
divided by the root of their inputs, norms lie around 1 and biases are as large as what they are added to, so that one that is left out shows.
"""
import json
import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM

CARRIED = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json", "special_tokens_map.json"]


def main(family, tokenizer, out):
    source = json.loads((tokenizer / "config.json").read_text())
    given = dict(vocab_size=source["vocab_size"], hidden_size=256, intermediate_size=512, num_hidden_layers=3, num_attention_heads=4,
                 num_key_value_heads=2, max_position_embeddings=1024, tie_word_embeddings=family == "qwen2",
                 bos_token_id=source.get("bos_token_id"), eos_token_id=source["eos_token_id"], rms_norm_eps=1e-6)
    given |= {"mistral": dict(sliding_window=None), "qwen3": dict(head_dim=128)}.get(family, {})
    torch.manual_seed(5)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(family, **given), dtype=torch.float32)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("norm.weight"):
                weight.uniform_(0.5, 1.5)
            elif weight.dim() == 1:
                weight.normal_(0, 1)
            else:
                weight.normal_(0, 1.2 / weight.shape[1] ** 0.5)
    model.save_pretrained(out)
    for name in CARRIED:
        if (tokenizer / name).exists():
            shutil.copy(tokenizer / name, out / name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
