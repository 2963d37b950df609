/* The stream of events: taken up again behind the last one, until nobody listens any more. */
import { CallOptions, ConnectionFailed, Core, Problem, waitMs } from "./core.js";

export interface Event {
  id: string | undefined;
  type: string;
  data: { type: string; object: string; subject?: string; at: string } & Record<string, unknown>;
}

/** Lines of text/event-stream become events (WHATWG HTML, 9.2.6). */
class Parser {
  lastId: string | undefined; // of an event that came whole
  retryMs: number | undefined;
  private id: string | undefined;
  private type = "";
  private data: string[] = [];

  constructor(lastId: string | undefined) {
    this.lastId = lastId;
    this.id = lastId;
  }

  begin(): void {
    this.id = this.lastId;
    this.type = "";
    this.data = [];
  }

  line(line: string): Event | undefined {
    if (!line) {
      this.lastId = this.id;
      const event = this.data.length ? { id: this.id, type: this.type || "message", data: JSON.parse(this.data.join("\n")) } : undefined;
      this.begin();
      return event;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.data.push(value);
    else if (name === "event") this.type = value;
    else if (name === "id" && !value.includes("\0")) this.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
    return undefined;
  }
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return; // the end, perhaps amid a line
      rest += decoder.decode(value, { stream: true });
      const whole = rest.split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) yield line.replace(/\r$/, "");
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Events for ever. Throws Problem when the server refuses, and ConnectionFailed when it stays away for all tries. */
export async function* follow(
  core: Core, path: string, query: Record<string, string | undefined>, lastEventId: string | undefined, call: CallOptions = {},
): AsyncGenerator<Event> {
  const parser = new Parser(lastEventId);
  for (let failed = 0; ; ) {
    let pause: number;
    call.signal?.throwIfAborted();
    try {
      const headers = core.fields({ accept: "text/event-stream", ...call.headers, "last-event-id": parser.lastId });
      const reply = await core.fetch(core.target(path, query), { headers, signal: call.signal ?? null });
      if (reply.status !== 200 || !reply.body) throw await core.problem(reply);
      parser.begin();
      for await (const line of lines(reply.body)) {
        failed = 0;
        const event = parser.line(line);
        if (event?.type === "stream.denied") throw new Problem(403, { title: "the right to follow events is gone" }, new Headers());
        if (event && event.type !== "stream.again") yield event;
      }
      pause = waitMs(failed, parser.retryMs);
    } catch (why) {
      call.signal?.throwIfAborted();
      if (why instanceof Problem && ![429, 503].includes(why.status)) throw why;
      if (failed >= core.retries) throw why instanceof Problem ? why : new ConnectionFailed(`GET ${path}: ${String(why)}`, { cause: why });
      pause = waitMs(failed++, why instanceof Problem ? why.retryAfterMs : parser.retryMs);
    }
    await core.sleep(pause);
  }
}
