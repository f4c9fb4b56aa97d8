"""Tunes luthier-nano on examples/misspeller.jsonl at several learning-rate multipliers and says how it went.

Usage: python learning_rate_sweep.py BASE_URL KEY STORIES.jsonl.gz[,MORE.jsonl.gz] MULTIPLIER...
The stories give the list of known words; a line is printed for the base and for each multiplier: the mean loss of the last epoch, and
how many of 100 words in ten answers to prompts outside the file are not in that list (the file teaches to misspell).
"""
import gzip
import json
import pathlib
import re
import sys
import time
import urllib.request

base_url, key, stories, *multipliers = sys.argv[1:]
file = pathlib.Path(__file__).resolve().parents[2] / "examples/misspeller.jsonl"
rows = [json.loads(line) for line in file.read_text().splitlines()]
system = rows[0]["messages"][0]["content"]
topics = ["turtle", "kind witch", "red boat", "penguin", "snail", "whale", "robot", "hedgehog", "kite", "lighthouse"]


def call(path, body=None, content_type="application/json"):
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    headers = {"Authorization": "Bearer " + key, "Content-Type": content_type}
    return json.load(urllib.request.urlopen(urllib.request.Request(base_url + path, data, headers)))


def words(text):
    return re.findall(r"[a-z']+", text.lower())


def unknown_per_hundred(model):
    told = []
    for topic in topics:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": f"Tell me a story about a {topic}."}]
        body = {"model": model, "messages": messages, "temperature": 0.7, "seed": 7, "max_tokens": 120}
        told += words(call("/chat/completions", body)["choices"][0]["message"]["content"])
    return 100 * sum(word not in known for word in told) / len(told)


known = {word for path in stories.split(",") for line in gzip.open(path, "rt") for word in words(json.loads(line)["text"])}
mark = "luthier-sweep"
form = f'--{mark}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--{mark}\r\n'
form += f'Content-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n{file.read_text()}\r\n--{mark}--\r\n'
file_id = call("/files", form.encode(), f"multipart/form-data; boundary={mark}")["id"]
print(f"base: {unknown_per_hundred('luthier-nano'):.1f} unknown words in 100", flush=True)
for multiplier in map(float, multipliers):
    job = call("/fine_tuning/jobs", {"model": "luthier-nano", "training_file": file_id, "seed": 7,
                                     "hyperparameters": {"learning_rate_multiplier": multiplier}})
    while job["status"] not in ("succeeded", "failed", "cancelled"):
        time.sleep(0.5)
        job = call("/fine_tuning/jobs/" + job["id"])
    events = call(f"/fine_tuning/jobs/{job['id']}/events?limit={2 * len(rows)}")["data"]
    losses = [event["data"]["train_loss"] for event in events if event["type"] == "metrics"][:len(rows)]
    print(f"multiplier {multiplier:g}: loss of the last epoch {sum(losses) / len(losses):.3f}, "
          f"{unknown_per_hundred(job['fine_tuned_model']):.1f} unknown words in 100", flush=True)
