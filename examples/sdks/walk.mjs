// Upload, tune, follow, ask, stream, read the results, delete: the official Node SDK, unmodified.
//
//     npm install openai
//     OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-... node walk.mjs rows.jsonl
import assert from "node:assert";
import fs from "node:fs";
import OpenAI, { NotFoundError } from "openai";

const client = new OpenAI({ maxRetries: 0 });

const file = await client.files.create({ file: fs.createReadStream(process.argv[2]), purpose: "fine-tune" });
let job = await client.fineTuning.jobs.create({
  model: "gpt-3.5-turbo-0613",
  training_file: file.id,
  suffix: "node",
});
while (!["succeeded", "failed", "cancelled"].includes(job.status)) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  job = await client.fineTuning.jobs.retrieve(job.id);
}
assert.equal(job.status, "succeeded", JSON.stringify(job.error));

const events = [];
for await (const event of client.fineTuning.jobs.listEvents(job.id, { limit: 2 })) events.push(event.message);
assert.equal(events[0], "The job has successfully completed");
assert.equal(events.at(-1), `Created fine-tuning job: ${job.id}`);
const checkpoints = [];
for await (const checkpoint of client.fineTuning.jobs.checkpoints.list(job.id)) checkpoints.push(checkpoint);
assert(checkpoints[0].fine_tuned_model_checkpoint);

const messages = [{ role: "user", content: "Tell me a story about a dog." }];
const answer = await client.chat.completions.create({ model: job.fine_tuned_model, messages, max_tokens: 40 });
assert(answer.choices[0].message.role === "assistant" && answer.usage.completion_tokens > 0);
let text = "";
let usage = null;
const stream = await client.chat.completions.create({
  model: job.fine_tuned_model,
  messages,
  max_tokens: 40,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert(text && usage.total_tokens > 0);

const csv = await (await client.files.content(job.result_files[0])).text();
assert(csv.startsWith("step,train_loss,train_accuracy"), csv.slice(0, 80));

assert((await client.models.delete(job.fine_tuned_model)).deleted);
assert((await client.files.delete(file.id)).deleted);
await assert.rejects(client.models.retrieve(job.fine_tuned_model), NotFoundError);
console.log("node: ok", job.fine_tuned_model);
