#!/usr/bin/env python3
"""Loads GGUF files in llama.cpp and compares each with the model it was made of, in transformers.

    gguf_parity.py MODEL_DIRECTORY FILE.gguf...        one JSON object a line

MODEL_DIRECTORY is in Hugging Face layout; for a tuned model it is the merged export. Compared are, for the prompts and texts of
luthier-engine/src/main/resources/ai/luthier/engine/export/parity.json:

    greedy      of 16 prompts, how many have the same 64 greedy tokens; and for the others the margin of the two best logits in
                transformers (fp32) where the first token differs
    kl          mean and maximum of KL(transformers || llama.cpp) over every position of every prompt, in nats
    difference  the largest difference of a logit
    ids         of 100 texts, how many have the same token ids as by tokenizer.json (transformers builds the tokenizers of some classes,
                Llama's for one, anew and cuts blanks differently from that file)
    template    whether the chat template is the same, byte for byte
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from llama_cpp import Llama
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer

TEXTS = Path(__file__).parents[2] / "luthier-engine/src/main/resources/ai/luthier/engine/export/parity.json"
GREEDY = 64


def prompts(tokenizer, file, texts):
    if tokenizer.chat_template is None:
        return [file.encode(text).ids for text in texts]
    rendered = [
        tokenizer.apply_chat_template([{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True)
        for text in texts
    ]
    return [file.encode(text, add_special_tokens=False).ids for text in rendered]


class Reference:
    """A model in transformers, in fp32, with what it does with the prompts."""

    def __init__(self, directory, model=None):
        self.tokenizer = AutoTokenizer.from_pretrained(directory)
        self.file = Tokenizer.from_file(str(Path(directory) / "tokenizer.json"))
        self.model = model or AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
        self.context = self.model.config.max_position_embeddings
        given = json.loads(TEXTS.read_text())
        self.texts = given["texts"]
        self.prompts = prompts(self.tokenizer, self.file, given["prompts"])
        self.logits = [self.of(ids) for ids in self.prompts]
        self.greedy = [self.continued(ids) for ids in self.prompts]

    def of(self, ids):
        with torch.no_grad():
            return self.model(torch.tensor([ids])).logits[0].double()

    def continued(self, ids):
        """Greedy tokens with the margin of each over the second best; an end of text is a token like others."""
        out, margins, past, fresh = [], [], None, torch.tensor([ids])
        with torch.no_grad():
            while len(out) < GREEDY and len(ids) + len(out) < self.context:
                step = self.model(fresh, past_key_values=past, use_cache=True)
                best = step.logits[0, -1].topk(2)
                out.append(int(best.indices[0]))
                margins.append(float(best.values[0] - best.values[1]))
                past, fresh = step.past_key_values, torch.tensor([[out[-1]]])
        return out, margins


def compare(reference, file):
    llama = Llama(model_path=str(file), n_ctx=min(reference.context, 2048), n_batch=512, logits_all=True, verbose=False,
                  n_threads=1, n_threads_batch=1)
    kls, difference, same, margins = [], 0.0, 0, []
    for ids, expected, (tokens, margin) in zip(reference.prompts, reference.logits, reference.greedy):
        llama.reset()
        llama.eval(ids)
        actual = torch.tensor(np.array(llama.scores[: len(ids)])).double()
        kls += torch.nn.functional.kl_div(actual.log_softmax(-1), expected.log_softmax(-1), log_target=True, reduction="none").sum(-1).tolist()
        difference = max(difference, float((actual - expected).abs().max()))
        out = [int(np.argmax(llama.scores[len(ids) - 1]))]
        while len(out) < len(tokens):
            llama.eval([out[-1]])
            out.append(int(np.argmax(llama.scores[llama.n_tokens - 1])))
        if out == tokens:
            same += 1
        else:
            margins.append(round(margin[next(i for i in range(len(tokens)) if out[i] != tokens[i])], 4))
    ids = [llama.tokenize(text.encode(), add_bos=True, special=True) for text in reference.texts]
    expected_ids = [reference.file.encode(text).ids for text in reference.texts]
    wrong = [text for text, a, b in zip(reference.texts, ids, expected_ids) if a != b]
    template = llama.metadata.get("tokenizer.chat_template")
    return {
        "file": Path(file).name,
        "bytes": Path(file).stat().st_size,
        "greedy": same,
        "of": len(reference.prompts),
        "margins": margins,
        "kl_mean": float(np.mean(kls)),
        "kl_max": float(np.max(kls)),
        "difference": difference,
        "ids": len(reference.texts) - len(wrong),
        "wrong_texts": wrong,
        "template": template == reference.tokenizer.chat_template,
    }


def main():
    torch.set_num_threads(1)
    reference = Reference(sys.argv[1])
    for file in sys.argv[2:]:
        print(json.dumps(compare(reference, file)), flush=True)


if __name__ == "__main__":
    main()
