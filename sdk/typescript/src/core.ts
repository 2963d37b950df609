/* Requests: tries again where that is safe, answers as objects, failures as errors. Only fetch, which every runtime has. */

export interface Options {
  /** Where the server is: https://harken.example */
  url: string;
  /** An API key (hk_...). */
  key: string;
  /** Most milliseconds for one try; 60000. */
  timeoutMs?: number;
  /** Further tries of a request that may be sent again; 4. */
  retries?: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Instead of the runtime's own: to pin an authority, to go through a proxy, to test. */
  fetch?: typeof fetch;
  /** Instead of waiting: for tests. */
  sleep?: (ms: number) => Promise<void>;
}

/** What stands beside the arguments of every call. */
export interface CallOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  instance?: string;
  errors?: { pointer: string; detail: string }[];
}

/** Whatever goes wrong here. */
export class HarkenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer came. */
export class ConnectionFailed extends HarkenError {}

/** The server answered that it could not: a problem (RFC 9457). The classes of it are made from the description. */
export class Problem extends HarkenError {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly instance: string | undefined;
  readonly errors: { pointer: string; detail: string }[];
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, body: ProblemBody, headers: Headers) {
    const title = body.title ?? "";
    const where = (body.errors ?? []).map((e) => `; ${e.pointer}: ${e.detail}`).join("");
    super(`${status} ${title}${body.detail ? ": " + body.detail : ""}${where}`);
    this.status = status;
    this.type = body.type ?? "about:blank";
    this.title = title;
    this.detail = body.detail;
    this.instance = body.instance;
    this.errors = body.errors ?? [];
    this.requestId = headers.get("x-request-id") ?? undefined;
    this.retryAfterMs = retryAfterMs(headers);
  }
}

export type ProblemClass = new (status: number, body: ProblemBody, headers: Headers) => Problem;

const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const RETRY_AFTER_MAX_MS = 120_000;
const BUSY = [429, 503]; // nothing was done
const BROKEN = [502, 504]; // a proxy's: perhaps it was

function retryAfterMs(headers: Headers): number | undefined {
  const said = headers.get("retry-after");
  if (said === null) return undefined;
  if (/^\d+$/.test(said.trim())) return Number(said) * 1000;
  const when = Date.parse(said);
  return Number.isNaN(when) ? undefined : Math.max(0, when - Date.now());
}

/** How long before the next try: what the server asks and a little of our own, else doubling, anywhere below. */
export function waitMs(attempt: number, asked: number | undefined): number {
  const own = Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** attempt);
  return asked === undefined ? own : asked + own / 4;
}

interface Beside {
  etag: string | undefined;
  requestId: string | undefined;
  status: number;
}

const beside = new WeakMap<object, Beside>();

/** The tag of what was read, for ifMatch. */
export function etag(row: object): string | undefined {
  return beside.get(row)?.etag;
}

/** What the server's log calls the request that gave this. */
export function requestId(row: object): string | undefined {
  return beside.get(row)?.requestId;
}

type Value = string | number | boolean | readonly (string | number | boolean)[] | null | undefined;

export interface Request {
  query?: Record<string, Value>;
  body?: unknown;
  data?: BodyInit;
  headers?: Record<string, string | undefined>;
  accept?: string;
  /** The server knows Idempotency-Key here. */
  keyed?: boolean;
}

/** What the resources share. */
export class Core {
  readonly url: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  private readonly headers: Record<string, string>;
  private readonly problems: Record<number, ProblemClass>;

  constructor(options: Options, problems: Record<number, ProblemClass>) {
    this.url = options.url.replace(/\/+$/, "");
    this.timeoutMs = options.timeoutMs ?? 60_000;
    this.retries = options.retries ?? 4;
    this.fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.sleep = options.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
    this.headers = { authorization: `Bearer ${options.key}`, ...options.headers };
    this.problems = problems;
  }

  target(path: string, query: Record<string, Value> = {}): string {
    const pairs = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined && value !== null) pairs.append(name, Array.isArray(value) ? value.join(",") : String(value));
    const text = pairs.toString();
    return this.url + path + (text ? "?" + text : "");
  }

  fields(more: Record<string, string | undefined>): Headers {
    const out = new Headers(this.headers);
    for (const [name, value] of Object.entries(more)) if (value !== undefined) out.set(name, value);
    return out;
  }

  async problem(reply: Response): Promise<Problem> {
    let body: ProblemBody = {};
    try {
      body = (await reply.json()) as ProblemBody;
    } catch {
      // a proxy's page: the status says it
    }
    return new (this.problems[reply.status] ?? Problem)(reply.status, body, reply.headers);
  }

  /** Sends until it is answered or not worth another try. */
  async send<T>(method: string, path: string, request: Request, call: CallOptions = {}): Promise<T> {
    const fields = this.fields({ accept: request.accept ?? "application/json", ...request.headers, ...call.headers });
    if (request.keyed && !fields.has("idempotency-key")) fields.set("idempotency-key", crypto.randomUUID());
    let body = request.data;
    if (request.body !== undefined) {
      body = JSON.stringify(request.body);
      fields.set("content-type", "application/json");
    } else if (body !== undefined) {
      fields.set("content-type", "application/octet-stream");
    }
    const repeatable = method === "GET" || method === "PUT" || request.keyed === true;
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= this.retries;
      const limit = AbortSignal.timeout(this.timeoutMs);
      let reply: Response;
      let text: string;
      try {
        const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
        reply = await this.fetch(this.target(path, request.query), { method, headers: fields, body: body ?? null, signal, redirect: "manual" });
        text = reply.status < 400 ? await reply.text() : "";
      } catch (why) {
        call.signal?.throwIfAborted();
        if (last || !repeatable) throw new ConnectionFailed(`${method} ${path}: ${String(why)}`, { cause: why });
        await this.sleep(waitMs(attempt, undefined));
        continue;
      }
      if (reply.status < 400) return answer<T>(reply, text);
      const problem = await this.problem(reply);
      const again = BUSY.includes(reply.status) || (BROKEN.includes(reply.status) && repeatable);
      if (last || !again || (problem.retryAfterMs ?? 0) > RETRY_AFTER_MAX_MS) throw problem;
      await this.sleep(waitMs(attempt, problem.retryAfterMs));
      call.signal?.throwIfAborted();
    }
  }
}

function answer<T>(reply: Response, text: string): T {
  if (!text) return undefined as T;
  if (!(reply.headers.get("content-type") ?? "").includes("json")) return text as T;
  const said: unknown = JSON.parse(text);
  if (typeof said === "object" && said !== null)
    beside.set(said, {
      etag: reply.headers.get("etag") ?? undefined,
      requestId: reply.headers.get("x-request-id") ?? undefined,
      status: reply.status,
    });
  return said as T;
}

/** Every row of a list, page by page. */
export async function* pages<T>(ask: (cursor: string | undefined) => Promise<{ next: string | null }>, key: string): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    yield* (page as unknown as Record<string, T[]>)[key] ?? [];
    cursor = page.next ?? undefined;
  } while (cursor);
}
