"use strict";

// Deals: the list, and one deal with its brief, warnings, proposals and people. Uses what app.js defines.

const bandNames = { 1: "low", 2: "middle", 3: "high" };
const severityNames = { 1: "minor", 2: "serious", 3: "urgent" };
const percent = (x) => `${Math.round(100 * x)} %`;
const spoken = (text) => text.replaceAll("_", " ");

function money(amount, currency) {
  if (amount === null || amount === undefined) return "no amount";
  return new Intl.NumberFormat(undefined, { style: "currency", currency: currency || "EUR", maximumFractionDigits: 0 }).format(Number(amount));
}

function svg(tag, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

const chip = (text, kind) => el("span", { className: `chip ${kind}` }, text);

/** Probability as a bar from 0 to 1 with its interval; the text beside it says the same. */
function odds(score) {
  if (score.p === null) return el("span", { className: "soft" }, `no odds: ${spoken(score.reason)}`);
  const bar = svg("svg", { class: "odds", viewBox: "0 0 100 10", "aria-hidden": "true", preserveAspectRatio: "none" },
    svg("rect", { class: "all", x: 0, y: 3, width: 100, height: 4 }),
    svg("rect", { class: "range", x: 100 * score.low, y: 2, width: Math.max(1, 100 * (score.high - score.low)), height: 6 }),
    svg("rect", { class: "mean", x: Math.max(0, 100 * score.p - 0.75), y: 0, width: 1.5, height: 10 }));
  return el("span", { className: "oddsline" }, bar,
    el("span", {}, `${percent(score.p)} (${Math.round(100 * score.low)} to ${Math.round(100 * score.high)})`),
    score.band ? chip(bandNames[score.band], `band${score.band}`) : "");
}

// ---- the list ----

const dealState = { only: "" };

function dealRow(d) {
  const worst = Math.max(0, ...d.warnings.map((w) => w.severity));
  return el("li", {}, el("a", { className: "deal", href: `#/d/${d.id}` },
    el("strong", {}, d.name), el("span", { className: "soft" }, [d.account, d.owner].filter(Boolean).join(", ")),
    el("span", {}, d.stage || "no stage"), el("span", { className: "n" }, money(d.amount, d.currency)),
    el("span", {}, d.close_date ? `closes ${day(d.close_date)}` : "no close date"), odds(d.score),
    el("span", { className: "chips" }, ...d.warnings.map((w) => el("span", { className: `chip sev${w.severity}`, title: w.text }, spoken(w.name))),
      d.warnings.length ? "" : el("span", { className: "soft" }, "no warnings")),
    worst ? el("span", { className: "hidden" }, `, ${severityNames[worst]}`) : ""));
}

async function dealsView() {
  const page = await api("GET", "/v1/deals?limit=500");
  const list = el("ol", { className: "deals", "aria-label": "Open deals" });
  const draw = () => {
    const rows = page.deals.filter((d) => dealState.only === "" || d.warnings.some((w) => w.severity >= Number(dealState.only)));
    list.replaceChildren(...rows.map(dealRow));
    if (!rows.length) {
      const why = page.deals.length ? "No deal has such a warning." : "No open deals yet. Bring what your CRM knows in with: harken ingest crm.jsonl";
      list.append(el("li", { className: "card soft" }, why));
    }
  };
  const button = (only, text) => {
    const b = el("button", { "aria-pressed": String(dealState.only === only) }, text);
    b.addEventListener("click", () => {
      dealState.only = only;
      for (const other of b.parentNode.children) other.setAttribute("aria-pressed", String(other === b));
      draw();
    });
    return b;
  };
  page.deals.sort((x, y) => Math.max(0, ...y.warnings.map((w) => w.severity)) - Math.max(0, ...x.warnings.map((w) => w.severity)) || Number(y.amount ?? 0) - Number(x.amount ?? 0));
  draw();
  return [
    el("h2", {}, `Open deals (${page.deals.length})`),
    el("div", { className: "filters", role: "group", "aria-label": "Which deals" }, button("", "All"), button("1", "With warnings"), button("3", "With urgent ones")),
    list,
    el("p", { className: "soft keys" }, "Keys: j and k through the deals, Enter opens, Esc back."),
  ];
}

// ---- evidence ----

function evidenceLink(e) {
  const when = e.at ? ` ${day(e.at)}` : "";
  if (e.kind === "interaction" && e.id) return el("a", { href: e.span ? spanLink(e.id, [e.span]) : `#/c/${e.id}` }, e.span ? `the words${when}` : `conversation${when}`);
  return el("span", { className: "soft" }, `${{ change: "CRM change", activity: "CRM activity", person: "person", field: "CRM field" }[e.kind] ?? e.kind}${when}`);
}

function joined(nodes) {
  return nodes.flatMap((node, i) => (i ? [", ", node] : [node]));
}

// ---- warnings ----

const worstFirst = (warnings) => [...warnings].sort((x, y) => y.severity - x.severity);

function verdict(deal, w, said) {
  const ask = async (right, button) => {
    try {
      const now = await api("POST", `/v1/deals/${deal}/warnings`, { warning: w.id, right });
      said.textContent = `Noted. People called this kind right ${now.right} times, wrong ${now.wrong} times.`;
      for (const other of button.parentNode.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    } catch (error) {
      said.textContent = error.message;
    }
  };
  return [["Right", true], ["Wrong", false]].map(([text, right]) => {
    const b = el("button", { "aria-pressed": "false", "aria-label": `${text}: ${w.text}` }, text);
    b.addEventListener("click", () => ask(right, b));
    return b;
  });
}

function warningCard(deal, w) {
  const said = el("span", { role: "status", className: "soft" });
  const measured = w.precision === undefined ? `${w.judged} of 5 verdicts needed to say how often it is right` : `right in ${percent(w.precision)} of ${w.judged} verdicts`;
  return el("article", { className: "card" },
    el("p", {}, chip(severityNames[w.severity], `sev${w.severity}`), " ", el("strong", {}, w.text)),
    el("p", { className: "soft" }, `${w.id} ${spoken(w.name)}, since ${day(w.since)}; ${measured}`),
    (w.evidence || []).length ? el("p", {}, "Rests on ", ...joined(w.evidence.map(evidenceLink))) : "",
    el("p", { className: "row" }, ...verdict(deal, w, said), said));
}

// ---- proposals ----

const dismissReasons = { not_now: "not now", already_done: "already done", wrong: "wrong", not_useful: "not useful", do_not_contact: "do not contact" };

function actionCard(a, people) {
  const said = el("span", { role: "alert" });
  const text = el("textarea", { rows: 8, value: a.draft.text, "aria-label": `Draft: ${a.text}` });
  const reason = el("select", { "aria-label": "Why it is dismissed" }, ...Object.entries(dismissReasons).map(([value, name]) => el("option", { value }, name)));
  const person = el("select", { "aria-label": "Who must not be contacted", hidden: true }, el("option", { value: "" }, "nobody of this deal"), ...people.map((p) => el("option", { value: p.id }, p.name)));
  reason.addEventListener("change", () => { person.hidden = reason.value !== "do_not_contact"; });
  const card = el("article", { className: "card action" });
  const send = async (body, done) => {
    try {
      await api("POST", `/v1/actions/${a.id}/response`, body);
      card.replaceChildren(el("p", { role: "status", tabIndex: -1 }, `${a.text} ${done}`));
      card.firstChild.focus();
    } catch (error) {
      said.textContent = error.message;
    }
  };
  const button = (label, body, done) => {
    const b = el("button", { "aria-label": `${label}: ${a.text}` }, label);
    b.addEventListener("click", () => send(body(), done));
    return b;
  };
  const accept = () => (text.value === a.draft.text ? { response: "accepted" } : { response: "edited", text: text.value });
  const week = () => ({ response: "snoozed", until: new Date(Date.now() + 7 * 86400000).toISOString() });
  const dismiss = () => ({ response: "dismissed", reason: reason.value, ...(!person.hidden && person.value ? { person: person.value } : {}) });
  const yes = button("Accept", accept, "Accepted.");
  text.addEventListener("input", () => { yes.textContent = text.value === a.draft.text ? "Accept" : "Accept with changes"; });
  card.append(
    el("p", {}, el("strong", {}, a.text)),
    el("p", { className: "soft" }, a.reason || `because: ${spoken(a.because)}`),
    (a.missing || []).length ? el("p", {}, `Not known yet: ${a.missing.map((m) => spoken(m.split(".")[1] ?? m)).join(", ")}`) : "",
    (a.similar || []).length ? el("p", {}, "Deals that were won: ", ...joined(a.similar.map((s) => el("a", { href: `#/d/${s.deal}` }, s.name)))) : "",
    el("details", {}, el("summary", {}, `Draft (${a.draft.form}${(a.draft.to || []).length ? ` to ${a.draft.to.join(", ")}` : ""})`), text,
      ...(a.draft.diff || []).map((d) => el("p", {}, `${spoken(d.field)}: ${d.old} → ${d.new} (${d.because})`)),
      ...(a.draft.citations || []).map((c) => el("p", {}, `[${c.number}] `, el("a", { href: spanLink(c.interaction_id, [c.span]) }, c.quote)))),
    el("p", { className: "row" }, yes, button("Snooze a week", week, "Back in a week."), button("Dismiss", dismiss, "Dismissed."), reason, person), said);
  return card;
}

// ---- people ----

function graphOf(g) {
  const sides = { internal: [], external: [] };
  for (const p of g.people) if (sides[p.side] && (g.edges.some((e) => e.from === p.id || e.to === p.id))) sides[p.side].push(p);
  const rows = Math.max(sides.internal.length, sides.external.length);
  if (!sides.internal.length || !sides.external.length) return "";
  const height = 34 * rows + 16, at = {};
  const place = (list, x) => list.forEach((p, i) => { at[p.id] = { x, y: 16 + (height - 32) * (list.length === 1 ? 0.5 : i / (list.length - 1)) }; });
  place(sides.internal, 150);
  place(sides.external, 330);
  const across = g.edges.filter((e) => at[e.from] && at[e.to] && at[e.from].x !== at[e.to].x);
  return svg("svg", { class: "graph", viewBox: `0 0 480 ${height}`, role: "img", "aria-label": "Who talks to whom; the table below says the same" },
    ...across.map((e) => svg("line", { x1: at[e.from].x, y1: at[e.from].y, x2: at[e.to].x, y2: at[e.to].y, "stroke-width": Math.min(8, 1 + Math.sqrt(e.n)) })),
    ...[...sides.internal, ...sides.external].flatMap((p) => [
      svg("circle", { cx: at[p.id].x, cy: at[p.id].y, r: 6, class: p.two_way ? "thread" : p.side }),
      svg("text", { x: at[p.id].x + (p.side === "internal" ? -12 : 12), y: at[p.id].y + 4, "text-anchor": p.side === "internal" ? "end" : "start" }, p.name ?? "unknown")]));
}

function peopleOf(g) {
  const name = Object.fromEntries(g.people.map((p) => [p.id, p.name ?? "unknown"]));
  const roles = (p) => [p.title, p.seniority !== "unknown" ? spoken(p.seniority) : "", p.champion ? "champion" : "", p.economic_buyer ? "decides about the money" : "", p.gone ? "gone" : ""].filter(Boolean).join(", ");
  const words = (p) => (p.positive || p.negative ? `${p.positive} for, ${p.negative} against` : "");
  const table = (heads, rows, label) => el("div", { className: "table", tabIndex: 0, role: "region", "aria-label": label },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((t) => el("th", { scope: "col" }, t)))), el("tbody", {}, ...rows.map((r) => el("tr", {}, ...r.map((c) => el("td", {}, c)))))));
  if (!g.people.length) return [el("p", { className: "soft" }, "Nobody is known yet: no contact in the CRM, and no conversation of this deal.")];
  return [
    g.warning ? el("p", { className: "warn" }, g.warning) : "",
    el("p", { className: "soft" }, `${g.threads} of theirs in touch both ways within 60 days; ${g.ours} of ours.${g.single_seller ? " Only one of ours knows them." : ""}`),
    graphOf(g),
    table(["who", "what they are", "meetings", "mails from / to", "strong words", "last there"],
      g.people.map((p) => [`${p.name ?? "unknown"}${p.side === "internal" ? " (ours)" : ""}`, roles(p), String(p.meetings), `${p.mails_written} / ${p.mails_received}`, words(p), p.last_at ? day(p.last_at) : "never"]), "People"),
    el("details", {}, el("summary", {}, `Who with whom (${g.edges.length})`),
      table(["who", "with whom", "meetings", "mails", "last", "rests on"], g.edges.map((e) => [name[e.from], name[e.to], String(e.meetings), `${e.mails} / ${e.mails_back}`, day(e.last_at),
        el("span", {}, ...joined(e.sources.slice(-3).map(evidenceLink)))]), "Who with whom")),
  ];
}

// ---- one deal ----

function briefOf(b) {
  const lines = (title, rows) => (rows.length ? [el("h4", {}, title), el("ul", {}, ...rows.map((r) => el("li", {}, r.text, ...(r.quote ? [": ", r.speaker ? `${r.speaker}: ` : "", el("q", {}, r.quote)] : []), " ", ...joined((r.sources || []).map(evidenceLink)))))] : []);
  const all = [...lines(`Since ${b.since ? day(b.since) : "the beginning"}`, b.changed), ...lines("Promises", b.commitments), ...lines("Objections", b.objections), ...lines("Red flags", b.red_flags), ...lines("Competitors", b.competitors)];
  if (b.unqualified.length) all.push(el("p", {}, `Nobody has said: ${b.unqualified.map(spoken).join(", ")}`));
  return all.length ? all : [el("p", { className: "soft" }, "Nothing has happened since.")];
}

const reasons = (list, sign) => list.map((r) => el("li", {}, `${sign} ${r.text}`));

/** A part of the page that may fail by itself. */
function section(title, result, make) {
  return el("section", { "aria-label": title }, el("h3", {}, title),
    ...(result.status === "fulfilled" ? make(result.value) : [el("p", { className: "warn", role: "alert" }, `This part could not be loaded: ${result.reason.message}`)]));
}

async function dealView(id) {
  const d = await api("GET", `/v1/deals/${id}`);
  const [brief, actions, graph] = await Promise.allSettled([api("GET", `/v1/deals/${id}/brief`), api("GET", `/v1/actions?deal=${id}&limit=20`), api("GET", `/v1/deals/${id}/stakeholders`)]);
  const people = graph.status === "fulfilled" ? graph.value.people.filter((p) => p.side === "external" && p.name) : [];
  const done = { status: "fulfilled", value: d };
  return [
    el("p", {}, el("a", { href: "#/deals" }, "All deals")),
    el("h2", {}, d.name),
    el("p", { className: "soft" }, [d.account, d.owner && `owned by ${d.owner}`].filter(Boolean).join(", ")),
    el("p", {}, [d.outcome === "open" ? d.stage : d.outcome, money(d.amount, d.currency), d.close_date && `closes ${day(d.close_date)}`, d.pushes ? `put off ${d.pushes} times` : ""].filter(Boolean).join(" · ")),
    el("div", { className: "card" }, el("p", {}, "Odds of being won: ", odds(d.score)),
      d.score.p === null ? "" : el("ul", { className: "reasons" }, ...reasons(d.score.up || [], "+"), ...reasons(d.score.down || [], "−")),
      d.score.p === null ? "" : el("p", { className: "soft" }, `90 % interval in brackets; learned from ${d.score.closed_deals} closed deals.`)),
    section(`Warnings (${d.warnings.length})`, done, () => (d.warnings.length ? worstFirst(d.warnings).map((w) => warningCard(id, w)) : [el("p", { className: "soft" }, "None.")])),
    section("Next best actions", actions, (v) => (v.actions.length ? v.actions.map((a) => actionCard(a, people)) : [el("p", { className: "soft" }, "Nothing to do for now.")])),
    section("Brief", brief, briefOf),
    section("People", graph, peopleOf),
  ];
}
