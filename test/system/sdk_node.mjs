/* One scenario of sdk_test.py with the TypeScript SDK: node sdk_node.mjs SDK SCENARIO ARGUMENTS-AS-JSON; prints JSON. */
import process from "node:process";

const [, , sdk, scenario, text] = process.argv;
const { Harken, Problem, Unprocessable, PreconditionFailed, ConnectionFailed, NotVerified, Verifier, etag } = await import(sdk);
const given = JSON.parse(text);
const waits = [];
const harken = new Harken({ url: given.url, key: given.key, sleep: async (ms) => void waits.push(ms / 1000) });

async function failure(promise) {
  try {
    await promise;
  } catch (e) {
    return e;
  }
  return null;
}

const scenarios = {
  async paging() {
    const names = [];
    for await (const row of harken.playbooks.each({ limit: 2, fields: ["id", "name"] })) names.push(row.name);
    return names;
  },
  async retry() {
    return { version: (await harken.system.status()).version, waits };
  },
  async tired() {
    const e = await failure(harken.system.status());
    return { kind: e.constructor.name, status: e.status, waits };
  },
  async create() {
    const made = await harken.playbooks.create({ name: given.name });
    return { id: made.id };
  },
  async unsafe() {
    const e = await failure(harken.questions.search({ query: "x" }));
    return { lost: e instanceof ConnectionFailed, waits };
  },
  async errors() {
    const wrong = await failure(harken.playbooks.create({ name: given.name, nonsense: 1 }));
    const made = await harken.playbooks.create({ name: given.name });
    const stale = await failure(harken.playbooks.update(made.id, { description: "x" }, { ifMatch: '"old"' }));
    const changed = await harken.playbooks.update(made.id, { description: "y" }, { ifMatch: etag(made) });
    const gone = await harken.playbooks.delete(made.id);
    return {
      wrong: wrong instanceof Unprocessable && wrong instanceof Problem, pointer: wrong.errors[0]?.pointer, request: !!wrong.requestId,
      stale: stale instanceof PreconditionFailed, description: changed.description, gone: gone === undefined,
    };
  },
  async webhooks() {
    const said = [];
    for (const { keys, headers, body, now } of given.cases) {
      const e = await failure(new Verifier(keys).verify(body, headers, now ? now * 1000 : undefined));
      said.push(e === null ? true : e instanceof NotVerified ? false : String(e));
    }
    return said;
  },
  async events() {
    const got = [];
    for await (const event of harken.events.stream({ types: "interaction.", lastEventId: given.after })) {
      got.push([event.id, event.type, event.data.object]);
      if (got.length === given.count) break;
    }
    return got;
  },
  async operations() {
    const camel = (name) => name.split(/[-_]/).map((w, i) => (i ? w[0].toUpperCase() + w.slice(1) : w)).join("");
    return given.ids.filter((id) => {
      const [resource, name] = id.split(".");
      return typeof harken[camel(resource)]?.[camel(name)] !== "function";
    });
  },
};

process.stdout.write(JSON.stringify((await scenarios[scenario]()) ?? null) + "\n");
process.exit(0); // an open stream would keep it
