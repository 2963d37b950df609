"use strict";

// Analytics: the figures of a period, each of which opens to its definition and the deals it is made of. What the coaching page
// has in common with it stands here, too. Uses what app.js and deals.js define.

/** Shares among the figures without a unit; everything else without one is a count or a score. */
const shareFigures = new Set(["win_rate", "win_rate_value", "stage_conversion", "slip_rate", "hygiene", "forecast_accuracy", "category_close_rate",
  "competitor_share", "competitor_win_rate", "talk_ratio", "talk_ratio_of_call", "team_talk_ratio", "open_share", "cut_in_share", "overtalk_pct",
  "silence_pct", "pricing_at", "nextstep_at", "nextstep_share", "objection_recovery", "methodology_completeness", "coaching_coverage", "talk_track_adherence"]);

const reasonWords = {
  small_n: (f) => `too few to say: ${f.n}, and 5 are needed`,
  nothing_to_count: () => "nothing to count in this period",
  not_recorded: () => "nothing that comes in says so",
  period_not_over: () => "the period is not over",
  no_quota: () => "no quota is known for this period",
  quota_reached: () => "the quota is reached",
  no_score: () => "some of the deals have no odds",
  no_variance: () => "everybody gave the same answer",
  not_yet: () => "not reached yet",
  rests_on_a_figure_without_value: () => "a figure it rests on has no value",
};
const whyNone = (f) => (reasonWords[f.reason] ? reasonWords[f.reason](f) : spoken(f.reason ?? "unknown"));

function amount(x, unit, id) {
  if (/^[A-Z]{3}$/.test(unit)) return new Intl.NumberFormat(undefined, { style: "currency", currency: unit, trailingZeroDisplay: "stripIfInteger" }).format(x);
  const n = Number(x), digits = (d) => n.toLocaleString(undefined, { maximumFractionDigits: d });
  if (unit === "1" && shareFigures.has(id)) return percent(n);
  if (unit === "s") return n >= 90 ? `${digits(0)} s (${clock(1000 * n)})` : `${digits(1)} s`;
  if (unit === "ms") return `${digits(0)} ms`;
  const names = { 1: "", d: " days", wk: " weeks", "1/h": " an hour", "1/min": " a minute", per_day: " a day" };
  return `${digits(Math.abs(n) >= 100 ? 0 : 2)}${names[unit] ?? ` ${unit}`}`;
}
const shown = (f) => (f.value === null ? "–" : amount(f.value, f.unit, f.id));
const between = (f) => (f.low === undefined ? "" : `${amount(f.low, f.unit, f.id)} to ${amount(f.high, f.unit, f.id)}`);

// ---- one figure, which opens ----

/** A row that opens; `fill` makes what is inside when it is opened first, and may fail without harm to the page. */
function opening(kind, head, fill) {
  const box = el("details", { className: kind }, el("summary", {}, ...head));
  box.addEventListener("toggle", async () => {
    if (!box.open || box.childElementCount > 1) return;
    const inside = el("div", { className: "opened", "aria-live": "polite" }, el("p", { className: "soft" }, "Looking…"));
    box.append(inside);
    try {
      inside.replaceChildren(...(await fill()));
    } catch (error) {
      inside.replaceChildren(el("p", { className: "warn", role: "alert" }, `This could not be loaded: ${error.message}`));
      box.addEventListener("toggle", () => inside.remove(), { once: true }); // closing it lets one try again
    }
  });
  return box;
}

function figureRow(f, name, more, fill) {
  const value = f.value === null ? el("span", { className: "soft why" }, whyNone(f)) : el("span", { className: "n" }, shown(f));
  return opening("figure", [el("strong", {}, name), value, el("span", { className: "soft" }, f.value === null ? "" : between(f)),
    el("span", { className: "soft" }, [f.value === null ? "" : `n ${f.n}`, more].filter(Boolean).join(", "))], fill);
}

/** Rows with a value, and behind a fold those without: what is hidden is named, with the reason. */
function figureGroup(title, rows) {
  if (!rows.length) return "";
  const have = rows.filter((r) => r.figure.value !== null), none = rows.filter((r) => r.figure.value === null);
  return el("section", { "aria-label": title }, el("h3", {}, title), ...have.map((r) => r.node),
    none.length ? el("details", { className: "without" }, el("summary", {}, `${none.length} without a value, and why`), ...none.map((r) => r.node)) : "");
}

/** Names of rows by id, read page by page until all that are wanted are there. */
const known = {};
async function namesOf(kind, ids) {
  const from = { call: "/v1/interactions?kind=call&limit=500&fields=id,title,started_at", deal: "/v1/deals?outcome=all&limit=500" }[kind];
  const have = (known[kind] ??= new Map());
  let next = "";
  do {
    if (ids.every((id) => have.has(id))) return have;
    const page = await api("GET", from + next);
    for (const row of page.interactions ?? page.deals) have.set(row.id, row);
    next = page.next ? `&cursor=${encodeURIComponent(page.next)}` : null;
  } while (next);
  return have;
}

const INPUTS_SHOWN = 30;

function definitionOf(f) {
  return el("p", {}, f.definition ? `${f.definition[0].toUpperCase()}${f.definition.slice(1)}.` : "", el("span", { className: "soft" }, ` Definition ${f.definition_version}.`));
}

/** What a figure is made of: `line` makes one entry out of the row of that id, which is undefined when the row is not to be seen. */
async function inputsOf(kind, ids, line) {
  if (!ids.length) return [];
  const first = ids.slice(0, INPUTS_SHOWN), rows = await namesOf(kind, first);
  const rest = ids.length > first.length ? [el("li", { className: "soft" }, `and ${ids.length - first.length} more`)] : [];
  return [el("p", {}, `Made of ${ids.length} ${kind}${ids.length === 1 ? "" : "s"}:`), el("ul", { className: "inputs" }, ...first.map((id) => line(id, rows.get(id))), ...rest)];
}

// ---- which period ----

const isoDay = (date) => date.toISOString().slice(0, 10);

function periods() {
  const now = new Date(), quarter = (k) => new Date(Date.UTC(now.getUTCFullYear(), 3 * Math.floor(now.getUTCMonth() / 3) + 3 * k, 1));
  const ago = (days) => new Date(now.getTime() - days * 86400000), tomorrow = new Date(now.getTime() + 86400000);
  return [["This quarter", quarter(0), quarter(1)], ["Last quarter", quarter(-1), quarter(0)], ["Last 30 days", ago(30), tomorrow], ["Last 12 months", ago(365), tomorrow]]
    .map(([name, from, to]) => ({ name, from: isoDay(from), to: isoDay(to) }));
}

/** The address of the same page with some of its choices changed. */
function addressWith(page, asked, change) {
  const next = new URLSearchParams(asked);
  for (const [key, value] of Object.entries(change)) if (value) next.set(key, value); else next.delete(key);
  return `#/${page}${next.size ? `?${next}` : ""}`;
}

function periodBar(page, asked, ...more) {
  const choice = periods(), from = asked.get("from") ?? choice[0].from, to = asked.get("to") ?? choice[0].to;
  const links = choice.map((p) => el("a", { href: addressWith(page, asked, { from: p.from, to: p.to }), "aria-current": p.from === from && p.to === to ? "true" : null }, p.name));
  const days = [["From", "from", from], ["Until before", "to", to]].map(([label, key, value]) => {
    const input = el("input", { type: "date", value, required: true });
    input.addEventListener("change", () => { if (input.value) location.hash = addressWith(page, asked, { from, to, [key]: input.value }); });
    return el("label", {}, el("span", { className: "soft" }, `${label} `), input);
  });
  return el("div", { className: "periods row", role: "group", "aria-label": "Which period" }, ...links, ...days, ...more);
}

function choiceOf(label, options, value, go) {
  const select = el("select", { "aria-label": label }, ...options.map(([id, name]) => el("option", { value: id }, name)));
  select.value = value;
  select.addEventListener("change", () => go(select.value));
  return select;
}

const exportsOf = (path, asked) => el("p", { className: "soft" }, "Export: ",
  el("a", { href: `${path}?${new URLSearchParams([...asked, ["format", "csv"]])}`, download: "figures.csv" }, "CSV"), " ",
  el("a", { href: `${path}?${asked}`, download: "figures.json" }, "JSON"));

// ---- analytics ----

const wholeNames = { pull_in: "Won earlier than forecast", push_count: "Close dates put off", mean_push_days: "Mean days put off", excluded_count: "Left out: impossible dates",
  win_rate_value: "Win rate by value", cycle_length: "Median days to win", cycle_length_lost: "Median days to lose", sales_velocity: "Sales velocity", needed_coverage: "Coverage needed",
  open_value: "Open, closing in the period", weighted_pipeline: "Weighted by stage", calibrated_pipeline: "Weighted by odds", created_and_closed: "Made and closed in it",
  slip_rate: "Slipped", mean_won_value: "Mean value won", competitor_share: "A competitor was named", competitor_win_rate: "Won when one was named" };
const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;
const wholeName = (id) => wholeNames[id] ?? capital(spoken(id));

const partWords = (f) => {
  if (!f.part) return "";
  const week = f.part.match(/^(?:(\w+)\.)?w(\d+)$/);
  if (week) return [week[1] && spoken(week[1]), `week ${week[2]}`].filter(Boolean).join(", ");
  return f.stage ?? (/^\d+$/.test(f.part) ? `stage ${f.part}` : spoken(f.part));
};
const figureName = (f) => [wholeName(f.id), partWords(f)].filter(Boolean).join(": ");

const analyticsGroups = [
  ["Winning", ["win_rate", "win_rate_value", "won_count", "lost_count", "won_value", "lost_value", "mean_won_value", "cycle_length", "cycle_length_lost", "opportunities", "created_and_closed", "sales_velocity", "excluded_count"]],
  ["Open pipeline", ["open_value", "weighted_pipeline", "calibrated_pipeline", "coverage", "needed_coverage", "category_value"]],
  ["Stage by stage", ["stage_conversion", "time_in_stage", "time_in_stage_p90"]],
  ["Moves of close dates", ["push_count", "mean_push_days", "pull_in", "slip_rate"]],
  ["Forecast, week by week", ["forecast", "forecast_accuracy", "category_close_rate"]],
  ["Hygiene of open deals", ["hygiene"]],
  ["Competitors", ["competitor_share", "competitor_win_rate", "competitor_first_stage"]],
];

const dealLine = (id, d) => el("li", {}, d ? el("a", { href: `#/d/${id}` }, d.name) : "a deal you may not see",
  d ? el("span", { className: "soft" }, ` ${[d.outcome === "open" ? d.stage : d.outcome, money(d.amount, d.currency)].filter(Boolean).join(", ")}`) : "");

async function analyticsExplain(f, asked) {
  const said = await api("GET", `/v1/analytics/explain?${new URLSearchParams([...asked, ["figure", f.id]])}`);
  const mine = said.figures.find((x) => x.part === f.part) ?? said.figures[0];
  return [definitionOf(mine), ...(await inputsOf("deal", mine.inputs ?? [], dealLine))];
}

/** Cents as whole numbers: sums of money are exact. */
const cents = (text) => BigInt(text.replace(".", "").replace("-", "")) * (text.startsWith("-") ? -1n : 1n);

const waterfallSigns = { opening: 1, created: 1, increased: 1, moved_in: 1, decreased: -1, won: -1, lost: -1, moved_out: -1 };

function waterfall(parts, asked) {
  const by = Object.fromEntries(parts.map((f) => [f.part, f]));
  if (!by.opening || !by.closing) return "";
  const steps = Object.entries(waterfallSigns).filter(([p]) => by[p]);
  const sum = steps.reduce((all, [p, sign]) => all + BigInt(sign) * cents(by[p].value), 0n), balanced = sum === cents(by.closing.value);
  let at = 0;
  const bars = [...steps.map(([p, sign]) => {
    const size = Number(by[p].value), from = p === "opening" ? 0 : at;
    at = p === "opening" ? size : at + sign * size;
    return { part: p, low: Math.min(from, at), high: Math.max(from, at), kind: p === "opening" ? "total" : sign > 0 ? "up" : "down" };
  }), { part: "closing", low: 0, high: Number(by.closing.value), kind: "total" }];
  const top = Math.max(1, ...bars.map((b) => b.high)), wide = 72, tall = 150;
  const picture = svg("svg", { class: "waterfall", viewBox: `0 0 ${wide * bars.length} ${tall + 24}`, role: "img", "aria-label": "From the opening to the closing value; the rows below say the same" },
    ...bars.flatMap((b, i) => [
      svg("rect", { class: b.kind, x: i * wide + 8, width: wide - 16, y: tall - (tall * b.high) / top, height: Math.max(1, (tall * (b.high - b.low)) / top) }),
      svg("text", { x: i * wide + wide / 2, y: tall + 16, "text-anchor": "middle" }, spoken(b.part))]));
  return el("section", { "aria-label": "Waterfall" }, el("h3", {}, "Waterfall"), picture,
    el("p", balanced ? { className: "soft", id: "balance" } : { className: "warn", role: "alert", id: "balance" },
      balanced ? "Opening, plus and minus what happened, is the closing value to the cent." : `It does not add up: ${(Number(sum - cents(by.closing.value)) / 100).toFixed(2)} too much.`),
    ...[...steps.map(([p]) => p), "closing"].map((p) => figureRow(by[p], `${waterfallSigns[p] === -1 ? "− " : p === "opening" || p === "closing" ? "" : "+ "}${capital(spoken(p))}`, "", () => analyticsExplain(by[p], asked))));
}

async function analyticsView(asked) {
  const [page, deals] = await Promise.all([api("GET", `/v1/analytics?${asked}`), namesOf("deal", [""])]);
  const owners = new Map([...deals.values()].filter((d) => d.owner_id && d.owner).map((d) => [d.owner_id, d.owner]));
  const row = (f) => ({ figure: f, node: figureRow(f, figureName(f), "", () => analyticsExplain(f, asked)) });
  const bar = periodBar("analytics", asked, owners.size > 1 ? choiceOf("Whose deals", [["", "Everybody's deals"], ...owners], asked.get("owner") ?? "", (owner) => { location.hash = addressWith("analytics", asked, { owner }); }) : "");
  if (!deals.size) return [el("h2", {}, "Analytics"), bar, el("p", { className: "card soft" }, "No deals yet. Bring what your CRM knows in with: harken ingest crm.jsonl")];
  return [
    el("h2", {}, "Analytics"), bar,
    el("p", { className: "soft" }, `${day(page.from)} until before ${day(page.to)}, as of ${new Date(page.as_of).toLocaleString()}. From the history of the deals, not from what the CRM says today. Open a figure for its definition and the deals it is made of; intervals are 95 %.`),
    waterfall(page.figures.filter((f) => f.id === "waterfall"), asked),
    ...analyticsGroups.map(([title, ids]) => figureGroup(title, ids.flatMap((id) => page.figures.filter((f) => f.id === id)).map(row))),
    exportsOf("/v1/analytics", asked),
    el("p", { className: "soft keys" }, "Keys: j and k through the figures, Enter opens, Esc back."),
  ];
}
