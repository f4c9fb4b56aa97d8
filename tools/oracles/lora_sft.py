"""Twenty steps of LoRA supervised fine-tuning with transformers and peft, as numbers.

Writes the fixtures that LoraSftParityTest compares the engine with, one for each variant (plain LoRA, rsLoRA, LoRA+):

    for v in plain rslora plus; do python tools/oracles/lora_sft.py ../shared/models/stories15M \
        luthier-engine/src/test/resources/ai/luthier/engine/train/lora_sft_$v.json $v; done

The set-up is chosen so that everything is exercised: fp32, ragged rows, partly supervised, two accumulated batches a step,
normalisation by the supervised tokens of the whole step, clipping that acts, warm-up and linear decay, weight decay. Rows and
the start of A are formulas, so that both sides build them alone: row ids come from a linear congruential generator, and
A[i] = sin(i + 1) / sqrt(in), B = 0.05 * cos(i + 1), i counting through the matrix row by row. (B starts away from zero so that
A has a gradient from the first step on.)
"""

import json
import math
import sys

import torch
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from transformers import AutoModelForCausalLM, get_linear_schedule_with_warmup

STEPS, ACCUMULATION, ROWS_PER_BATCH = 20, 2, 2
RANK, ALPHA, RATIO = 2, 4.0, 8.0
PEAK, WARMUP, DECAY, CLIP = 2e-3, 4, 0.01, 0.5
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def rows(count):
    """(ids, supervised) of each row; the state of the generator runs through all of them."""
    state = 12345

    def below(bound):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state // 65536) % bound

    result = []
    for _ in range(count):
        length = 8 + below(41)
        first = 1 + below(length - 4)
        ids = [1] + [3 + below(500) for _ in range(length - 1)]
        result.append((ids, [first <= t < length - 2 or t == length - 1 for t in range(length)]))
    return result


def optimizer_of(model, factors, variant):
    """AdamW; for LoRA+ as peft builds it: B learns at the rate of the other variants, A at a part of it."""
    common = dict(betas=(0.9, 0.999), eps=1e-8)
    if variant == "plus":
        return create_loraplus_optimizer(
            model, torch.optim.AdamW, lr=PEAK / RATIO, loraplus_lr_ratio=RATIO, loraplus_weight_decay=DECAY, weight_decay=DECAY,
            **common,
        )
    return torch.optim.AdamW(factors.values(), lr=PEAK, weight_decay=DECAY, **common)


def main(model_folder, fixture, variant):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32, attn_implementation="eager")
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=PROJECTIONS, lora_dropout=0.0, task_type="CAUSAL_LM", use_rslora=variant == "rslora")
    model = get_peft_model(model, config)
    model.train()
    factors = {n: p for n, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for name, p in factors.items():
            wave = torch.arange(1, p.numel() + 1, dtype=torch.float64)
            value = wave.sin() / math.sqrt(p.shape[1]) if "lora_A" in name else 0.05 * wave.cos()
            p.copy_(value.view(p.shape))
    optimizer = optimizer_of(model, factors, variant)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    data = rows(STEPS * ACCUMULATION * ROWS_PER_BATCH)
    per_step = ACCUMULATION * ROWS_PER_BATCH
    losses, norms, rates = [], [], []
    for step in range(STEPS):
        batch = data[step * per_step : (step + 1) * per_step]
        supervised = sum(sum(marks[1:]) for _, marks in batch)
        optimizer.zero_grad()
        total = 0.0
        for part in range(ACCUMULATION):
            chosen = batch[part * ROWS_PER_BATCH : (part + 1) * ROWS_PER_BATCH]
            width = max(len(ids) for ids, _ in chosen)
            inputs = torch.tensor([ids + [0] * (width - len(ids)) for ids, _ in chosen])
            attention = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in chosen])
            labels = torch.tensor(
                [
                    [i if m else -100 for i, m in zip(ids, marks)] + [-100] * (width - len(ids))
                    for ids, marks in chosen
                ]
            )
            loss = model(
                input_ids=inputs, attention_mask=attention, labels=labels, num_items_in_batch=torch.tensor(supervised)
            ).loss
            loss.backward()
            total += loss.item()
        norms.append(torch.nn.utils.clip_grad_norm_(list(factors.values()), CLIP).item())
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
        losses.append(total)
    final = {}
    for name, p in factors.items():
        key = name.replace(".default", "")
        flat = p.detach().double().flatten()
        stride = max(1, flat.numel() // 16)
        final[key] = {"norm": flat.norm().item(), "stride": stride, "values": [round(v, 9) for v in flat[::stride].tolist()]}
    with open(fixture, "w") as out:
        json.dump({"losses": losses, "norms": norms, "rates": rates, "final": final}, out, indent=None)
        out.write("\n")
    print("losses", losses[0], "->", losses[-1], "norms", min(norms), max(norms), "clip", CLIP)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
