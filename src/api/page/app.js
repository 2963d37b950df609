"use strict";

// The plain first page: conversations, one of them with its transcript and figures, search and ask. No framework, no other
// origin; everything shown is set as text, never as markup.

const $ = (id) => document.getElementById(id);
const state = { kind: "", rows: [], total: 0 };
const unitNames = { s: "s", ms: "ms", 1: "", "1/h": "per hour", "1/min": "per minute" };

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (key in node && key !== "role") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

async function api(method, path, body) {
  let reply;
  try {
    reply = await fetch(path, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    throw new Error("Harken does not answer. Is it still running?");
  }
  if (reply.ok) return reply.status === 204 ? null : reply.json();
  let problem = {};
  try {
    problem = await reply.json();
  } catch {
    problem = {};
  }
  const error = new Error([problem.title, problem.detail].filter(Boolean).join(": ") || `the answer was ${reply.status}`);
  error.status = reply.status;
  error.type = problem.type;
  error.problem = problem;
  throw error;
}

function show(...nodes) {
  $("main").replaceChildren(...nodes);
}

function showError(error) {
  if (error.status === 401) {
    signIn();
    return;
  }
  show(el("div", { className: "card" }, el("h2", { className: "warn" }, "That did not work"), el("p", {}, error.message)));
}

const day = (text) => (text ? new Date(text).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" }) : "undated");

function clock(ms) {
  if (ms === undefined || ms === null) return "";
  const s = Math.floor(Math.abs(ms) / 1000);
  const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map((n) => String(n).padStart(2, "0"));
  return (parts[0] === "00" ? parts.slice(1) : parts).join(":");
}

// ---- the list ----

function rowOf(entry) {
  const name = entry.title || entry.source || entry.id;
  return el("li", {}, el("a", { href: `#/c/${entry.id}` }, name, el("br"), el("small", {}, `${entry.kind}, ${day(entry.started_at)}`)));
}

function markCurrent() {
  for (const a of $("rows").querySelectorAll("a")) {
    if (location.hash.startsWith(a.getAttribute("href"))) a.setAttribute("aria-current", "true");
    else a.removeAttribute("aria-current");
  }
}

async function listLoad(more) {
  const offset = more ? state.rows.length : 0;
  const kind = state.kind ? `&kind=${state.kind}` : "";
  const page = await api("GET", `/v1/interactions?limit=50&offset=${offset}${kind}`);
  state.rows = more ? state.rows.concat(page.interactions) : page.interactions;
  state.total = page.total;
  $("rows").replaceChildren(...state.rows.map(rowOf));
  if (!state.rows.length)
    $("rows").append(el("li", { className: "soft" }, "Nothing here yet. Bring files in with: harken ingest PATH"));
  $("more").hidden = state.rows.length >= state.total;
  markCurrent();
}

// ---- one conversation ----

/** Text with the spans of this turn marked; spans are byte offsets into its UTF-8 form. */
function marked(text, spans) {
  const bytes = new TextEncoder().encode(text);
  const decode = (from, to) => new TextDecoder().decode(bytes.slice(from, to));
  const nodes = [];
  let at = 0;
  for (const span of [...spans].sort((x, y) => x.start - y.start)) {
    if (span.start < at || span.end > bytes.length) continue;
    nodes.push(decode(at, span.start), el("mark", {}, decode(span.start, span.end)));
    at = span.end;
  }
  nodes.push(decode(at, bytes.length));
  return nodes;
}

function transcript(ia, spans) {
  return el("section", { "aria-label": "Transcript" },
    ...ia.turns.map((turn, i) => {
      const here = spans.filter((span) => span.turn === i);
      const who = [clock(turn.start_ms), turn.speaker].filter(Boolean).join("  ");
      return el("div", { className: here.length ? "turn here" : "turn", id: `turn-${i}` },
        el("div", { className: "who" }, who), el("p", {}, ...marked(turn.text, here)));
    }));
}

function figure(stat) {
  if (stat.value === null) return "";
  const text = Number.isInteger(stat.value) ? String(stat.value) : stat.value.toFixed(3);
  return [text, unitNames[stat.unit] ?? stat.unit].filter(Boolean).join(" ");
}

function statistics(rows) {
  if (!rows.length) return el("p", { className: "soft" }, "Only calls have figures.");
  const line = (stat) => el("tr", {},
    el("td", {}, stat.id),
    el("td", {}, [stat.speaker, stat.of].filter(Boolean).join(" over ")),
    el("td", { className: "n" }, figure(stat)),
    el("td", { className: "soft" }, stat.value === null ? stat.reason : `from ${stat.n ?? "the whole call"}`));
  return el("div", { className: "table", tabIndex: 0, role: "region", "aria-label": "Figures" },
    el("table", {},
      el("thead", {}, el("tr", {}, ...["figure", "of", "value", "rests on, or why there is none"].map((t) => el("th", { scope: "col" }, t)))),
      el("tbody", {}, ...rows.map(line))));
}

const findingName = (f) => [f.kind.replaceAll("_", " "), f.class, f.modality && f.modality.toLowerCase()].filter(Boolean).join(", ");
const findingWho = (f) => [f.owner, f.due && `by ${f.due}`].filter(Boolean).join(", ");

/** What was found, each beside the words it rests on; the words lead to their place. */
function findings(id, rows) {
  return el("ul", { className: "findings" }, ...rows.filter((f) => f.spans.length).map((f) => el("li", {},
    el("strong", {}, findingName(f)), findingWho(f) ? ` ${findingWho(f)}` : "", el("br"),
    el("a", { href: spanLink(id, f.spans) }, f.spans[0].quote), el("br"),
    el("small", { className: "soft" }, `${f.maker}, ${Math.round(f.confidence * 100)} % sure`))));
}

function people(ia) {
  const names = (ia.participants || []).map((p) => [p.name || p.email, p.side && p.side !== "unknown" ? `(${p.side})` : ""].filter(Boolean).join(" "));
  return names.length ? el("p", { className: "soft" }, names.join(", ")) : null;
}

async function conversation(id, spans) {
  const [ia, insights, { comments }] = await Promise.all(["", "/insights", "/comments"].map((of) => api("GET", `/v1/interactions/${id}${of}`)));
  const folded = [...(ia.quoted || []), ...(ia.signature || [])];
  return [
    el("h2", {}, ia.title || ia.source || id),
    el("p", { className: "soft" }, `${ia.kind}, ${day(ia.started_at)}${ia.source ? `, ${ia.source}` : ""}`),
    people(ia) ?? "",
    ia.kind === "call" ? el("details", {}, el("summary", {}, `Figures (${insights.statistics.length})`), statistics(insights.statistics)) : "",
    insights.findings.length ? el("details", {}, el("summary", {}, `Findings (${insights.findings.length})`), findings(id, insights.findings)) : "",
    discussion(id, spans, comments),
    transcript(ia, spans),
    folded.length ? el("details", {}, el("summary", {}, "Quoted mail and signature"), ...folded.map((t) => el("p", { className: "card" }, typeof t === "string" ? t : t.text))) : "",
  ];
}

function reveal(spans) {
  const first = spans.length ? $(`turn-${spans[0].turn}`) : null;
  if (first) first.scrollIntoView({ block: "center" });
  else window.scrollTo(0, 0);
}

// ---- search and ask ----

const spanLink = (id, spans) => `#/c/${id}?${spans.map((s) => `${s.turn}.${s.start}.${s.end}`).join("_")}`;

async function search(query) {
  const { hits } = await api("POST", "/v1/search", { query, limit: 20 });
  return [
    el("h2", {}, `Passages for “${query}”`),
    ...hits.map((hit) => el("article", { className: "card" },
      el("p", { className: "soft" }, el("a", { href: spanLink(hit.interaction, hit.spans) }, hit.title || hit.source), ` ${hit.kind}, ${day(hit.started_at)}`),
      el("p", {}, hit.text))),
    hits.length ? "" : el("p", {}, "Nothing found in what you may see."),
  ];
}

function sentence(item, i, row) {
  return el("article", { className: "card" },
    el("p", {}, item.text),
    row?.detail ? el("p", { className: "soft" }, row.detail) : "",
    el("p", { className: "soft" }, ...item.spans.flatMap((s) => [el("a", { href: spanLink(s.interaction, [s]) }, `[${i + 1}] ${s.source}`), " "])));
}

async function ask(question) {
  const answer = await api("POST", "/v1/ask", { question });
  const paired = answer.sentences.some((s) => s.spans.length) ? answer.sentences.length : 0; // quotes stand for their rows
  const rows = answer.rows.slice(paired);
  return [
    el("h2", {}, question),
    el("p", { className: "soft" }, paired ? "Quoted from the conversations; each quote opens where it was said." : ""),
    ...(answer.found ? answer.sentences.map((s, i) => sentence(s, i, paired ? answer.rows[i] : null)) : [el("p", { className: "card" }, "Not found in what you may see.")]),
    rows.length ? el("h3", {}, paired ? `${answer.count - paired} more` : "What was counted") : "",
    ...rows.map((r) => el("p", { className: "card" },
      el("a", { href: r.deal ? `#/d/${r.deal}` : `#/c/${r.interaction}` }, r.title || r.source),
      ` ${[r.kind, r.started_at && day(r.started_at), r.detail].filter(Boolean).join(", ")}`)),
  ];
}

// ---- addresses ----

const begin = () => [
  el("h2", {}, "Conversations"),
  el("p", {}, "Choose one on the list, or search and ask above. Every answer quotes the words it rests on."),
  el("p", { className: "soft keys" }, "Keys: / search, j and k through the list, d deals, c coaching, a analytics, Esc back here."),
];

/** What an address shows, and the spans to bring into sight. */
async function view(parts, query) {
  if (parts[0] === "c" && parts[1]) {
    const spans = query.split("_").filter(Boolean).map((s) => s.split(".").map(Number)).map(([turn, start, end]) => ({ turn, start, end }));
    return [await conversation(parts[1], spans), spans];
  }
  if (parts[0] === "deals") return [await dealsView(), []];
  if (parts[0] === "d" && parts[1]) return [await dealView(parts[1]), []];
  if (parts[0] === "coaching") return [await coachingView(new URLSearchParams(query)), []];
  if (parts[0] === "analytics") return [await analyticsView(new URLSearchParams(query)), []];
  if (parts[0] === "me") return [await accountView(), []];
  if ((parts[0] === "search" || parts[0] === "ask") && parts[1]) {
    const text = decodeURIComponent(parts[1]);
    $("q").value = text;
    return [await (parts[0] === "ask" ? ask(text) : search(text)), []];
  }
  return [begin(), []];
}

async function route() {
  const here = location.hash;
  const [path, query = ""] = here.slice(1).split("?");
  const parts = path.split("/").filter(Boolean);
  document.body.classList.toggle("inside", parts.length > 0); // on a phone the list makes room
  markCurrent();
  if (parts[0] !== "search" && parts[0] !== "ask") $("q").value = "";
  if (parts[0] !== "c" && parts.length) show(el("p", { className: "soft" }, "Looking…"));
  try {
    const [nodes, spans] = await view(parts, query);
    if (location.hash !== here) return; // somebody has gone on meanwhile
    show(...nodes);
    reveal(spans);
  } catch (error) {
    if (location.hash === here) showError(error);
  }
}

async function statusLoad() {
  try {
    const s = await api("GET", "/v1/status");
    $("state").textContent = s.pending ? `${s.pending} jobs to do` : s.ready ? "up to date" : "getting ready";
    if (s.pending) setTimeout(statusLoad, 2000);
    else if (state.total !== s.index.interactions && !state.kind) await listLoad(false);
  } catch (error) {
    if (error.status !== 401) $("state").textContent = "no connection";
  }
}

$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("q").value.trim();
  const kind = event.submitter?.value ?? (text.endsWith("?") ? "ask" : "search");
  if (text) location.hash = `#/${kind}/${encodeURIComponent(text)}`;
});

$("more").addEventListener("click", () => listLoad(true).catch(showError));

for (const button of document.querySelectorAll("[data-kind]"))
  button.addEventListener("click", () => {
    state.kind = button.dataset.kind;
    for (const other of document.querySelectorAll("[data-kind]")) other.setAttribute("aria-pressed", String(other === button));
    listLoad(false).catch(showError);
  });

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") && event.key !== "Escape") return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inSight = [...document.querySelectorAll("a.deal, details.figure > summary")].filter((x) => x.checkVisibility()); // the keys go through these
  const links = inSight.length ? inSight : [...$("rows").querySelectorAll("a")];
  const at = inSight.length ? links.indexOf(document.activeElement) : links.findIndex((a) => a.getAttribute("aria-current"));
  const go = (link) => (inSight.length ? link.focus() : link.click());
  if (event.key === "/") {
    event.preventDefault();
    $("q").focus();
  } else if (event.key === "Escape") {
    $("q").blur();
    location.hash = "#/";
  } else if (event.key === "j" && links[at + 1]) go(links[at + 1]);
  else if (event.key === "k" && links[at - 1]) go(links[at - 1]);
  else if ({ d: 1, c: 1, a: 1 }[event.key]) location.hash = { d: "#/deals", c: "#/coaching", a: "#/analytics" }[event.key];
});

window.addEventListener("hashchange", route);
listLoad(false).catch(showError);
route();
statusLoad();
