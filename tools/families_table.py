#!/usr/bin/env python3
"""Prints the tables of docs/families.md from what the tests measured.

    mvn -q -pl luthier-engine -am test -Dtest='Family*Test,RefusalsTest' -Dsurefire.failIfNoSpecifiedTests=false
    python tools/families_table.py luthier-engine
"""
import json
import pathlib
import sys

module = pathlib.Path(sys.argv[1])
measured = module / "target/families"
fixtures = module / "src/test/resources/ai/luthier/engine/families"
print("| fixture | model_type | logits | gradients | LoRA | greedy |")
print("|---|---|---|---|---|---|")
for folder in sorted(fixtures.iterdir()):
    kind = json.loads((folder / "config.json").read_text())["model_type"]
    cells = [(measured / f"{folder.name}.{column}").read_text() for column in ("logits", "gradients", "lora")]
    greedy = "32 of 32" if (measured / f"{folder.name}.greedy").exists() else "?"
    print(f"| {folder.name} | {kind} | {' | '.join(cells)} | {greedy} |")
print()
print("| what is wrong | message |")
print("|---|---|")
for file in sorted((measured / "refusals").iterdir()):
    text = file.read_text().strip()
    print(text if len(text) < 420 else text[:400] + "… |")
