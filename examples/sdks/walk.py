"""Upload, tune, follow, ask, stream, read the results, delete: the official Python SDK, unmodified.

    pip install openai
    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-... python walk.py rows.jsonl
"""
import sys
import time

from openai import NotFoundError, OpenAI

client = OpenAI(max_retries=0)

file = client.files.create(file=open(sys.argv[1], "rb"), purpose="fine-tune")
job = client.fine_tuning.jobs.create(model="gpt-3.5-turbo-0613", training_file=file.id, suffix="python")
while job.status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.2)
    job = client.fine_tuning.jobs.retrieve(job.id)
assert job.status == "succeeded", job.error
assert isinstance(job.hyperparameters.n_epochs, int), job.hyperparameters

events = [event.message for event in client.fine_tuning.jobs.list_events(job.id, limit=2)]
assert events[0] == "The job has successfully completed", events
assert events[-1] == f"Created fine-tuning job: {job.id}", events
checkpoints = list(client.fine_tuning.jobs.checkpoints.list(job.id))
assert checkpoints[0].fine_tuned_model_checkpoint, checkpoints

messages = [{"role": "user", "content": "Tell me a story about a dog."}]
answer = client.chat.completions.create(model=job.fine_tuned_model, messages=messages, max_tokens=40)
assert answer.choices[0].message.role == "assistant" and answer.usage.completion_tokens > 0, answer
streamed = client.chat.completions.create(
    model=job.fine_tuned_model, messages=messages, max_tokens=40, stream=True, stream_options={"include_usage": True}
)
chunks = list(streamed)
text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
assert text and chunks[-1].usage.total_tokens > 0, chunks

csv = client.files.content(job.result_files[0]).text
assert csv.startswith("step,train_loss,train_accuracy"), csv[:80]

assert client.models.delete(job.fine_tuned_model).deleted
assert client.files.delete(file.id).deleted
try:
    client.models.retrieve(job.fine_tuned_model)
    raise AssertionError("the deleted model is still there")
except NotFoundError as gone:
    assert gone.code == "model_not_found", gone
print("python: ok", job.fine_tuned_model)
