// The official OpenAI client against a running server: chat, stream, abort, embeddings, models; prints one JSON line.
//
// usage: node openai.mjs PACKAGE URL TOKEN     (PACKAGE: "openai" or "openai-previous")
const [, , name, url, apiKey] = process.argv;
const { default: OpenAI } = await import(name);
const client = new OpenAI({ baseURL: url + "/v1", apiKey, maxRetries: 0, timeout: 60000 });
const failed = [];
let passed = 0;

async function check(what, run) {
  try {
    await run();
    passed++;
  } catch (problem) {
    failed.push(`${what}: ${problem?.message ?? problem}`);
  }
}
function want(condition, why) {
  if (!condition) throw new Error(why);
}
const messages = [{ role: "system", content: "Be brief." }, { role: "user", content: "Say something." }];

let chat, embed;
await check("models.list", async () => {
  const all = [];
  for await (const model of client.models.list()) all.push(model);
  chat = all.find((m) => m.kind === "chat")?.id;
  embed = all.find((m) => m.kind === "embedding")?.id;
  want(chat && embed, "a chat and an embedding model are listed");
});
await check("models.retrieve", async () => want((await client.models.retrieve(embed)).id === embed, "the model's own id"));
await check("models.retrieve of none", async () => {
  const error = await client.models.retrieve("nothing").catch((e) => e);
  want(error.status === 404 && error.code === "model_not_found", `404 model_not_found, got ${error.status} ${error.code}`);
});
await check("chat", async () => {
  const r = await client.chat.completions.create({ model: chat, messages, max_tokens: 8, temperature: 0 });
  want(r.object === "chat.completion" && r.choices.length === 1, "one choice");
  want(typeof r.choices[0].message.content === "string", "a text");
  want(["stop", "length"].includes(r.choices[0].finish_reason), "a reason");
  want(r.usage.completion_tokens <= 8 && r.usage.total_tokens === r.usage.prompt_tokens + r.usage.completion_tokens, "usage adds up");
});
await check("chat of one seed is one text", async () => {
  const ask = () => client.chat.completions.create({ model: chat, messages, max_tokens: 16, temperature: 1, seed: 7 });
  const [a, b] = [await ask(), await ask()];
  want(a.choices[0].message.content === b.choices[0].message.content, "the same text");
});
await check("stream", async () => {
  const whole = await client.chat.completions.create({ model: chat, messages, max_tokens: 12, temperature: 0 });
  const stream = await client.chat.completions.create({
    model: chat, messages, max_tokens: 12, temperature: 0, stream: true, stream_options: { include_usage: true } });
  let text = "", reason = null, usage = null, role = null;
  for await (const chunk of stream) {
    role ??= chunk.choices[0]?.delta.role;
    text += chunk.choices[0]?.delta.content ?? "";
    reason = chunk.choices[0]?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  want(role === "assistant" && reason === whole.choices[0].finish_reason, "role and reason");
  want(text === whole.choices[0].message.content, "the same text as without a stream");
  want(usage?.total_tokens === whole.usage.total_tokens, "the same usage");
});
await check("abort", async () => {
  const stream = await client.chat.completions.create({ model: chat, messages, max_tokens: 400, temperature: 1, stream: true });
  let chunks = 0;
  for await (const chunk of stream) {
    want(chunk, "a chunk");
    if (++chunks === 3) stream.controller.abort();
  }
  want(chunks < 390, "the stream ended early");
  // every slot is free again: as many texts as there are slots, and one more, come at once
  const started = Date.now();
  await Promise.all([1, 2, 3].map(() => client.chat.completions.create({ model: chat, messages, max_tokens: 4 })));
  want(Date.now() - started < 30000, "the slots are free");
});
await check("too long a prompt", async () => {
  const error = await client.chat.completions
    .create({ model: chat, messages: [{ role: "user", content: "word ".repeat(5000) }] }).catch((e) => e);
  want(error.status === 400 && error.code === "context_length_exceeded", `400, got ${error.status} ${error.code}`);
});
await check("unknown model", async () => {
  const error = await client.chat.completions.create({ model: "nothing", messages }).catch((e) => e);
  want(error.status === 404 && error.code === "model_not_found", `404, got ${error.status} ${error.code}`);
});
await check("bad request", async () => {
  const error = await client.chat.completions.create({ model: chat, messages: [] }).catch((e) => e);
  want(error.status === 400 && error.type === "invalid_request_error" && error.param === "messages", `400, got ${error.status}`);
});
await check("wrong key", async () => {
  const other = new OpenAI({ baseURL: url + "/v1", apiKey: "hk_wrong", maxRetries: 0 });
  const error = await other.models.list().catch((e) => e);
  want(error.status === 401, `401, got ${error.status}`);
});
await check("embeddings", async () => {
  const input = ["the pilot starts in Ghent", "a price for winter", "the pilot starts in Ghent"];
  const floats = await client.embeddings.create({ model: embed, input, encoding_format: "float" });
  const packed = await client.embeddings.create({ model: embed, input }); // base64 on the wire
  want(floats.data.length === 3 && packed.data.length === 3, "one for each text");
  want(floats.usage.prompt_tokens > 0, "usage");
  for (let i = 0; i < 3; i++) {
    const a = floats.data[i].embedding, b = packed.data[i].embedding;
    want(a.length === b.length && a.every((x, k) => Math.abs(x - b[k]) < 1e-6), "both forms say the same");
    want(Math.abs(a.reduce((s, x) => s + x * x, 0) - 1) < 1e-3, "of unit length");
  }
  const dot = (a, b) => a.reduce((s, x, k) => s + x * b[k], 0);
  const [x, y, z] = floats.data.map((d) => d.embedding);
  want(dot(x, z) > 0.999 && dot(x, y) < 0.9, "the same text is the same vector, another is another");
});
console.log(JSON.stringify({ passed, failed }));
