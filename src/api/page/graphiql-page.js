// GraphiQL over /graphql, nothing from another origin. Requests are sent with the session of the browser; what is typed stays in
// this tab: neither queries nor answers are kept after it.
const START = `# What you may read stands under the book on the left. Press the arrow to run this.
{
  me {
    user {
      name
    }
    permissions
  }
  interactions(first: 5) {
    nodes {
      uuid
      kind
      startedAt
    }
  }
}
`;

class TabStorage {
  #kept = new Map();
  get length() { return this.#kept.size; }
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, String(value)); }
  removeItem(key) { this.#kept.delete(key); }
  clear() { this.#kept.clear(); }
}

const notice = document.getElementById("notice");

function say(status) {
  notice.hidden = status !== 401;
  if (notice.hidden) return;
  const link = document.createElement("a");
  link.href = "/";
  link.textContent = "Sign in";
  notice.replaceChildren(link, " first: then this page asks in your name.");
}

async function ask(request) {
  const reply = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json;q=0.9" },
    body: JSON.stringify(request),
  });
  say(reply.status);
  const answer = await reply.json();
  return "data" in answer || "errors" in answer ? answer : { errors: [{ message: `${answer.title}: ${answer.detail ?? ""}` }] };
}

window.ReactDOM.createRoot(document.getElementById("graphiql")).render(
  window.React.createElement(window.GraphiQL.GraphiQL ?? window.GraphiQL, { fetcher: ask, defaultQuery: START, storage: new TabStorage(), shouldPersistHeaders: false }),
);
