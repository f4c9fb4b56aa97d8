"""Trains at several learning-rate multipliers and seeds and says what came of it on rows that were not trained on.

Usage: python rate_sweep.py MULTIPLIERS SEEDS FILE VALIDATION_FILE [options of luthier train]
       python rate_sweep.py 0.5,1,2 1,2,3 pairs.jsonl other-pairs.jsonl --model luthier-nano --epochs 3
A line for each run: the full validation loss after each epoch, and for preference pairs rewards/margins, rewards/accuracies and logps/chosen;
then the mean over the seeds of the last epoch's.
LUTHIER is the command (./luthier of the checkout); runs are trained in a folder of their own that is deleted.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

multipliers, seeds, file, validation, *options = sys.argv[1:]
luthier = os.environ.get("LUTHIER", str(pathlib.Path(__file__).resolve().parents[2] / "luthier")).split()


def epochs(multiplier, seed):
    """Progress events at the ends of epochs."""
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        done = subprocess.run([*luthier, "train", "--file", file, "--validation-file", validation, "--out", str(run), "--seed", seed,
                               "--learning-rate-multiplier", multiplier, *options], capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        events = [json.loads(line) for line in (run / "progress.jsonl").read_text().splitlines() if line]
    return [event for event in events if event.get("fullValidLoss") is not None]


def figures(event):
    more = event.get("more") or {}
    names = ("full_valid_rewards/margins", "full_valid_rewards/accuracies", "full_valid_logps/chosen")
    return [event["fullValidLoss"], *(more[name] for name in names if name in more)]


for multiplier in multipliers.split(","):
    last = []
    for seed in seeds.split(","):
        found = [figures(event) for event in epochs(multiplier, seed)]
        last.append(found[-1])
        print(f"multiplier {multiplier} seed {seed}: " + ", ".join(" / ".join(f"{v:.3f}" for v in epoch) for epoch in found), flush=True)
    print(f"multiplier {multiplier}: " + " / ".join(f"{sum(column) / len(last):.3f}" for column in zip(*last)), flush=True)
