#!/usr/bin/env python3
"""Makes one tiny random model for each family and variant, with what transformers and peft compute on it.

    python tools/oracles/families.py luthier-engine/src/test/resources/ai/luthier/engine/families [NAME ...]

Needs torch, transformers 5 and peft. Each folder holds a model as transformers writes it (config.json, safetensors; some in
the older style of transformers 4), and

    expected.safetensors  logits, fp32, of one row of 64 tokens
    expected.json         its ids; loss and gradient norm of every weight for one batch of three partly supervised rows; the
                          same of the factors of a LoRA adapter on every projection; 32 greedy tokens through generate()

Matrices have a standard deviation of 0.2, norms lie around 1, biases around 0, so that errors show. Windows and original
contexts are shorter than the rows. Rows of the batch are computed one by one: nothing depends on padding. The factors of the
adapter are formulas: A[i] = sin(i + 1) / sqrt(in), B[i] = 0.05 * cos(i + 1), i counting through the matrix row by row.
Seeds are tried until no greedy token is a near tie.
"""

import json
import math
import pathlib
import shutil
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

VOCABULARY, WIDTH, ROW = 80, 32, 64
PROMPT, GREEDY = 20, 32
NEAR_TIE = 2e-3

SMALL = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
             max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=None)
SEPARATE = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PHI = ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]
GPT2 = dict(model_type="gpt2", vocab_size=VOCABULARY, n_embd=WIDTH, n_layer=3, n_head=4, n_positions=96, n_inner=56,
            bos_token_id=1, eos_token_id=2)
NEOX = dict(SMALL, model_type="gpt_neox", num_hidden_layers=2)


def rope(**more):
    return {"rope_theta": 10000.0, **more}


def old_rope(config):
    """The keys of transformers 4: theta at the top, the rest in rope_scaling."""
    scaling = config.pop("rope_parameters")
    config["rope_theta"] = scaling.pop("rope_theta")
    config["rope_scaling"] = None if scaling == {"rope_type": "default"} else scaling
    config["torch_dtype"] = config.pop("dtype")


def old_type(config):
    old_rope(config)
    config["rope_scaling"]["type"] = config["rope_scaling"].pop("rope_type")


def old_neox(config):
    scaling = config.pop("rope_parameters")
    config["rotary_emb_base"] = int(scaling["rope_theta"])
    config["rotary_pct"] = scaling["partial_rotary_factor"]
    for key in ["is_decoder", "attention_bias", "pad_token_id"]:
        config.pop(key)


def old_phi(config):
    scaling = config.pop("rope_parameters")
    config["rope_theta"] = scaling.pop("rope_theta")
    config["partial_rotary_factor"] = scaling.pop("partial_rotary_factor")
    scaling["type"] = scaling.pop("rope_type")
    scaling.pop("original_max_position_embeddings", None)
    config["rope_scaling"] = None if scaling["type"] == "default" else scaling


def old_gemma3(config):
    both = config.pop("rope_parameters")
    config["rope_theta"] = both["full_attention"].pop("rope_theta")
    config["rope_local_base_freq"] = both["sliding_attention"].pop("rope_theta")
    config["rope_scaling"] = both["full_attention"]
    config["sliding_window_pattern"] = config.pop("_sliding_window_pattern")
    config.pop("layer_types")


def old_smollm3(config):
    old_rope(config)
    config.pop("no_rope_layers")
    config.pop("layer_types")


# name: (configuration, targets of LoRA, changes)
CASES = {
    "llama": (dict(SMALL, model_type="llama", num_key_value_heads=2, head_dim=12), SEPARATE, {}),
    "llama-bias": (dict(SMALL, model_type="llama", attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
                   SEPARATE, {"config": old_rope}),
    "llama-linear": (dict(SMALL, model_type="llama", num_key_value_heads=1,
                          rope_parameters=rope(rope_type="linear", factor=2.5)), SEPARATE, {"config": old_type}),
    "llama-dynamic": (dict(SMALL, model_type="llama", num_key_value_heads=2, max_position_embeddings=32,
                           rope_parameters=rope(rope_type="dynamic", factor=3.0)), SEPARATE, {}),
    "llama-llama3": (dict(SMALL, model_type="llama", num_key_value_heads=2, head_dim=16, rope_parameters=rope(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
        SEPARATE, {"config": old_rope}),
    "llama-yarn": (dict(SMALL, model_type="llama", num_key_value_heads=2, head_dim=16, rope_parameters=rope(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=32, beta_fast=8.0, beta_slow=0.5)), SEPARATE, {}),
    "llama-yarn-mscale": (dict(SMALL, model_type="llama", num_key_value_heads=2, head_dim=16, rope_parameters=rope(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=32, mscale=0.7, mscale_all_dim=1.2,
        beta_fast=8.0, beta_slow=0.5, truncate=False)), SEPARATE, {}),
    "llama-sharded": (dict(SMALL, model_type="llama", num_key_value_heads=2), SEPARATE, {"shards": "40KB"}),
    "llama-bf16": (dict(SMALL, model_type="llama", num_key_value_heads=2), SEPARATE, {"dtype": torch.bfloat16}),
    "llama-fp16": (dict(SMALL, model_type="llama", num_key_value_heads=2), SEPARATE, {"dtype": torch.float16}),
    "smollm2": (dict(SMALL, model_type="llama", num_attention_heads=3, num_key_value_heads=1, hidden_size=36,
                     rope_parameters=rope(rope_type="default", rope_theta=100000.0), tie_word_embeddings=True), SEPARATE,
                {"config": lambda c: (old_rope(c), c.update(rope_interleaved=False, is_llama_config=True))}),
    "mistral": (dict(SMALL, model_type="mistral", num_key_value_heads=2, head_dim=10, sliding_window=16), SEPARATE, {}),
    "mistral-unlimited": (dict(SMALL, model_type="mistral", num_key_value_heads=2, head_dim=16, sliding_window=None,
                               rope_parameters=rope(rope_type="default", rope_theta=1e6)), SEPARATE, {"config": old_rope}),
    "qwen2": (dict(SMALL, model_type="qwen2", num_key_value_heads=2, use_sliding_window=True, sliding_window=12,
                   max_window_layers=1, tie_word_embeddings=True), SEPARATE, {}),
    "qwen2.5-yarn": (dict(SMALL, model_type="qwen2", num_key_value_heads=2, max_position_embeddings=32,
                          rope_parameters=rope(rope_type="yarn", factor=4.0, original_max_position_embeddings=32,
                                               rope_theta=1e6)), SEPARATE, {"config": old_type}),
    "qwen3": (dict(SMALL, model_type="qwen3", num_key_value_heads=2, head_dim=12), SEPARATE, {}),
    "qwen3-window": (dict(SMALL, model_type="qwen3", num_key_value_heads=1, head_dim=8, use_sliding_window=True,
                          attention_bias=True, sliding_window=9, max_window_layers=0,
                          layer_types=["sliding_attention", "full_attention"]), SEPARATE, {"config": old_rope}),
    "gemma2": (dict(SMALL, model_type="gemma2", num_key_value_heads=2, head_dim=12, query_pre_attn_scalar=20,
                    sliding_window=16, attn_logit_softcapping=2.5, final_logit_softcapping=4.0, num_hidden_layers=3,
                    tie_word_embeddings=False),
               SEPARATE, {}),
    "gemma2-defaults": (dict(SMALL, model_type="gemma2", num_key_value_heads=1, head_dim=8, sliding_window=8),
                        SEPARATE, {"config": lambda c: (old_rope(c), c.pop("layer_types"), c.pop("tie_word_embeddings", 0),
                                                        c.update(hidden_act="gelu_pytorch_tanh", cache_implementation="hybrid"))}),
    "gemma3": (dict(SMALL, model_type="gemma3_text", num_key_value_heads=2, head_dim=12, query_pre_attn_scalar=20,
                    sliding_window=16, num_hidden_layers=4, tie_word_embeddings=False, intermediate_size=40,
                    layer_types=["sliding_attention"] * 2 + ["full_attention"] * 2,
                    rope_parameters={"full_attention": {"rope_type": "default", "rope_theta": 1e6},
                                     "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}), SEPARATE, {}),
    "gemma3-linear": (dict(SMALL, model_type="gemma3_text", num_key_value_heads=1, head_dim=8, query_pre_attn_scalar=10,
                           sliding_window=11, num_hidden_layers=3, sliding_window_pattern=3,
                           rope_parameters={"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                                            "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}),
                      SEPARATE, {"config": old_gemma3}),
    "phi3": (dict(SMALL, model_type="phi3", num_key_value_heads=2, sliding_window=24,
                  rope_parameters=rope(rope_type="default", partial_rotary_factor=0.75), hidden_size=32), PHI, {}),
    "phi3-longrope": (dict(SMALL, model_type="phi3", num_key_value_heads=2, original_max_position_embeddings=32,
                           rope_parameters=rope(rope_type="longrope", partial_rotary_factor=1.0,
                                                short_factor=[1.0, 1.1, 1.2, 1.3], long_factor=[1.0, 2.0, 3.5, 6.0])),
                      PHI, {"config": old_phi}),
    "smollm3": (dict(SMALL, model_type="smollm3", num_key_value_heads=2, num_hidden_layers=4, pad_token_id=0,
                     no_rope_layers=[1, 0, 1, 0]), SEPARATE, {}),
    "smollm3-window": (dict(SMALL, model_type="smollm3", num_key_value_heads=1, num_hidden_layers=4, pad_token_id=0,
                            intermediate_size=32, no_rope_layer_interval=2, use_sliding_window=True, sliding_window=10,
                            tie_word_embeddings=False), SEPARATE, {"config": old_smollm3}),
    "olmo2": (dict(SMALL, model_type="olmo2", num_key_value_heads=2), SEPARATE, {}),
    "gpt2": (dict(GPT2), ["c_attn", "c_proj", "c_fc"], {}),
    "gpt2-scaled": (dict(GPT2, n_inner=None, n_layer=2, scale_attn_by_inverse_layer_idx=True, tie_word_embeddings=False),
                    ["c_attn", "c_proj", "c_fc"], {"weights": lambda w: {
                        k.removeprefix("transformer."): v for k, v in w.items()} | {
                        "h.0.attn.bias": torch.tril(torch.ones(1, 1, 8, 8, dtype=torch.uint8))}}),
    "pythia": (dict(NEOX, rope_parameters=rope(rope_type="default", partial_rotary_factor=0.5)),
               ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"], {"config": old_neox, "weights": lambda w: w | {
                   "gpt_neox.layers.0.attention.bias": torch.ones(1, 1, 4, 4, dtype=torch.bool),
                   "gpt_neox.layers.0.attention.masked_bias": torch.tensor(-1e9)}}),
    "gpt-neox-sequential": (dict(NEOX, use_parallel_residual=False, attention_bias=False, rope_parameters=rope(
        rope_type="linear", factor=2.0, partial_rotary_factor=0.25)),
        ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"], {}),
}


def generator(seed):
    return torch.Generator().manual_seed(seed)


def fill(model, seed):
    chance = generator(seed)
    for name, weight in sorted(model.named_parameters()):
        noise = torch.randn(weight.shape, generator=chance)
        if weight.dim() == 2:
            value = 0.2 * noise
        elif name.endswith("bias"):
            value = 0.1 * noise
        else:  # Gemma stores the difference from one
            value = 0.1 * noise + (0 if "gemma" in model.config.model_type else 1)
        with torch.no_grad():
            weight.copy_(value)


def write(folder, configuration, changes, seed):
    """The model's files, perhaps in an older style."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kind = configuration["model_type"]
    config = AutoConfig.for_model(**configuration)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    fill(model, seed)
    model = model.to(changes.get("dtype", torch.float32))
    model.save_pretrained(folder, **({"max_shard_size": changes["shards"]} if "shards" in changes else {}))
    (folder / "generation_config.json").unlink(missing_ok=True)
    if "config" in changes:
        path = folder / "config.json"
        json_ = json.loads(path.read_text())
        changes["config"](json_)
        path.write_text(json.dumps(json_, indent=2) + "\n")
    if "weights" in changes:
        path = folder / "model.safetensors"
        save_file({k: v.clone() for k, v in changes["weights"](load_file(path)).items()}, path, {"format": "pt"})
    return kind


def load(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = 0
    return model.eval()


def batch(seed):
    """Three rows with their supervised tokens: the last third of each and a few in between."""
    chance = generator(seed)
    rows = []
    for length in (ROW - 5, 17, 40):
        ids = torch.randint(3, VOCABULARY, (length,), generator=chance).tolist()
        rows.append((ids, [t >= 2 * length // 3 or t % 7 == 3 for t in range(length)]))
    return rows


def backward(model, rows):
    """The mean loss over all supervised tokens, and its gradients in the parameters."""
    supervised = sum(sum(marks[1:]) for _, marks in rows)
    total = 0.0
    for ids, marks in rows:
        logits = load_logits(model, ids)
        losses = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:]), reduction="none")
        loss = losses[torch.tensor(marks[1:])].sum() / supervised
        loss.backward()
        total += loss.item()
    return total


def load_logits(model, ids):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def file_name(kind, name):
    return name.replace("lm_head.weight", "embed_out.weight") if kind == "gpt_neox" else name


def greedy(model, ids):
    """The tokens, and how clear the closest decision was."""
    out = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), max_new_tokens=GREEDY, do_sample=False,
                         use_cache=True, output_logits=True, return_dict_in_generate=True)
    best = torch.stack(out.logits).squeeze(1).topk(2).values
    return out.sequences[0, len(ids):].tolist(), (best[:, 0] - best[:, 1]).min().item()


def lora(folder, kind, targets, rows):
    config = LoraConfig(r=2, lora_alpha=4, target_modules=targets, lora_dropout=0.0, task_type="CAUSAL_LM",
                        fan_in_fan_out=kind == "gpt2")
    model = get_peft_model(load(folder), config).eval()
    factors = {n.replace(".default", ""): p for n, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for name, p in factors.items():
            wave = torch.arange(1, p.numel() + 1, dtype=torch.float64)
            value = wave.sin() / math.sqrt(p.shape[1]) if "lora_A" in name else 0.05 * wave.cos()
            p.copy_(value.view(p.shape))
    loss = backward(model, rows)
    return {"targets": targets, "loss": loss, "gradients": {n: p.grad.double().norm().item() for n, p in factors.items()}}


def make(folder, name):
    configuration, targets, changes = CASES[name]
    for seed in range(1, 100):
        kind = write(folder, configuration, changes, seed)
        model = load(folder)
        ids = torch.randint(0, VOCABULARY, (ROW,), generator=generator(1000 + seed)).tolist()
        tokens, margin = greedy(model, ids[:PROMPT])
        # A tied Gemma's scaled embedding is so loud that a random one hardly says anything but the last token again.
        if margin > NEAR_TIE and len(set(tokens)) > (1 if model.get_output_embeddings().weight is
                                                     model.get_input_embeddings().weight else 5):
            break
    with torch.no_grad():
        logits = load_logits(load(folder), ids)
    model = load(folder)
    rows = batch(2000 + seed)
    loss = backward(model, rows)
    gradients = {file_name(kind, n): p.grad.double().norm().item() for n, p in model.named_parameters()}
    save_file({"logits": logits.float().contiguous()}, folder / "expected.safetensors")
    expected = {
        "seed": seed, "ids": ids,
        "rows": [{"ids": i, "supervised": [int(m) for m in marks]} for i, marks in rows],
        "loss": loss, "gradients": gradients,
        "prompt": ids[:PROMPT], "greedy": tokens, "margin": margin,
        "lora": lora(folder, kind, targets, rows),
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{name}: seed {seed}, loss {loss:.3f}, margin {margin:.4f}, {len(set(tokens))} different tokens, {size} bytes")
    assert size <= 300_000, size


def main():
    target = pathlib.Path(sys.argv[1])
    torch.set_num_threads(1)
    for name in sys.argv[2:] or CASES:
        make(target / name, name)


if __name__ == "__main__":
    main()
