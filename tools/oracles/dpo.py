"""TRL's direct preference optimisation as numbers: loss, rewards and gradients of LoRA factors, for each kind of loss.

Writes the fixture that DpoParityTest compares the engine with:

    python tools/oracles/dpo.py luthier-engine/src/test/resources/ai/luthier/engine/families/llama \
        luthier-engine/src/test/resources/ai/luthier/engine/train/dpo.json

Loss and metrics are those of trl.DPOTrainer, called on batches that are made here: fp32, ragged pairs, one batch. The reference is
the model without the adapter. Pairs and factors are formulas, so that both sides build them alone: ids come from a linear
congruential generator; A[i] = sin(i + 1) / sqrt(in), B = 0.05 * cos(i + 1), i counting through the matrix row by row.

TRL's "sigmoid" has no label smoothing any more; its conservative form is what "aot_unpaired" computes for a single pair, so that
case is the mean over batches of one.
"""

import json
import math
import sys

import torch
import transformers
from datasets import Dataset
from peft import LoraConfig
from tokenizers import Tokenizer, models, pre_tokenizers
from trl import DPOConfig, DPOTrainer

PAIRS = 8
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CASES = [
    ("sigmoid", "sigmoid", 0.1, 0.0),
    ("sigmoid", "sigmoid", 0.7, 0.0),
    ("sigmoid", "aot_unpaired", 0.7, 0.1),
    ("robust", "robust", 0.7, 0.2),
    ("hinge", "hinge", 0.7, 0.0),
    ("ipo", "ipo", 0.1, 0.0),
]


def pairs(vocabulary):
    """(prompt, chosen, rejected) ids of each pair."""
    state = 4711

    def below(bound):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state // 65536) % bound

    ids = lambda count: [3 + below(vocabulary - 3) for _ in range(count)]
    result = []
    for _ in range(PAIRS):
        prompt, chosen, rejected = 4 + below(30), 1 + below(12), 1 + below(12)
        result.append((ids(prompt), ids(chosen), ids(rejected)))
    return result


def tokenizer(vocabulary):
    words = Tokenizer(models.WordLevel({str(i): i for i in range(vocabulary)}, unk_token="0"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=words, pad_token="0", eos_token="2", unk_token="0")


def batch(some):
    """As TRL's collator lays it: chosen rows, then rejected ones, padded on the right."""
    rows = [(p, c) for p, c, _ in some] + [(p, r) for p, _, r in some]
    width = max(len(p) + len(c) for p, c in rows)
    pad = lambda values: values + [0] * (width - len(values))
    return {
        "input_ids": torch.tensor([pad(p + c) for p, c in rows]),
        "attention_mask": torch.tensor([pad([1] * len(p + c)) for p, c in rows]),
        "completion_mask": torch.tensor([pad([0] * len(p) + [1] * len(c)) for p, c in rows]),
    }


def case(folder, name, trl_name, beta, smoothing):
    torch.manual_seed(0)
    base = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    config = LoraConfig(r=2, lora_alpha=4.0, target_modules=PROJECTIONS, lora_dropout=0.0, task_type="CAUSAL_LM")
    vocabulary = base.config.vocab_size
    options = DPOConfig(
        output_dir="out-dpo",
        loss_type=trl_name,
        beta=beta,
        label_smoothing=smoothing,
        use_cpu=True,
        bf16=False,
        report_to=[],
        gradient_checkpointing=False,
        per_device_train_batch_size=1,
    )
    trainer = DPOTrainer(
        model=base,
        args=options,
        processing_class=tokenizer(vocabulary),
        train_dataset=Dataset.from_list([{"prompt": "5 6", "chosen": " 7", "rejected": " 8"}]),
        peft_config=config,
    )
    model = trainer.model
    model.train()
    factors = {n: p for n, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for key, p in factors.items():
            wave = torch.arange(1, p.numel() + 1, dtype=torch.float64)
            value = wave.sin() / math.sqrt(p.shape[1]) if "lora_A" in key else 0.05 * wave.cos()
            p.copy_(value.view(p.shape))
    data = pairs(vocabulary)
    parts = [[pair] for pair in data] if trl_name == "aot_unpaired" else [data]
    loss = 0.0
    for part in parts:
        share = trainer._compute_loss(model, batch(part), return_outputs=False) / len(parts)
        share.backward()
        loss += share.item()
    measured = trainer._metrics["train"]
    names = ["rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "logps/chosen", "logps/rejected"]
    gradients = []
    for layer in range(base.config.num_hidden_layers):
        for projection in PROJECTIONS:
            for side in ("lora_A", "lora_B"):
                key = next(k for k in factors if f"layers.{layer}." in k and f".{projection}.{side}." in k)
                flat = factors[key].grad.double().flatten()
                stride = max(1, flat.numel() // 12)
                gradients.append(
                    {"norm": flat.norm().item(), "stride": stride, "values": [round(v, 9) for v in flat[::stride].tolist()]}
                )
    return {
        "loss": name,
        "beta": beta,
        "label_smoothing": smoothing,
        "value": loss,
        "metrics": {key: sum(measured[key]) / len(measured[key]) for key in names},
        "accuracy": measured["mean_token_accuracy"][0] if len(parts) == 1 else None,
        "gradients": gradients,
    }


def main(folder, fixture):
    torch.set_num_threads(1)
    cases = [case(folder, *c) for c in CASES]
    for c in cases:
        print(c["loss"], c["beta"], c["label_smoothing"], c["value"], c["metrics"], max(g["norm"] for g in c["gradients"]))
    with open(fixture, "w") as out:
        json.dump(cases, out)
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
