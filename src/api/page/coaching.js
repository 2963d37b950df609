"use strict";

// Coaching: figures of one person, or of the team. Uses what app.js, deals.js and figures.js define.

const coachNames = { talk_ratio: "Share of our side's talk", talk_ratio_of_call: "Share of the call's talk", talk_time: "Talk per call", longest_monologue: "Longest monologue",
  patience_ms: "Pause before answering", wpm: "Words a minute", wpm_shift_after_objection: "Pace after an objection", fillers: "Filler words in 100", open_share: "Open questions",
  question_spread: "Spread of questions", team_talk_ratio: "Our side's share", longest_customer_story: "Longest story of the customer", cut_in_share: "Turns that cut in",
  overtalk_pct: "Talking over each other", silence_pct: "Silence", lsm: "Likeness of style", ext_speakers: "Speakers of theirs", ext_talkers: "Talkers of theirs", pricing_at: "When price came up",
  nextstep_at: "When the next step came up", nextstep_share: "Share of talk on next steps", turn_entropy: "Evenness of turns", dead_air: "Long silences" };
const coachName = (id) => coachNames[id] ?? wholeName(id);

const coachGroups = [
  ["Talking and listening", ["talk_ratio", "talk_ratio_of_call", "talk_time", "longest_monologue", "patience_ms", "interruptions", "wpm", "wpm_shift_after_objection", "fillers"]],
  ["Questions", ["questions", "question_rate", "open_share", "question_spread", "check_ins"]],
  ["Selling", ["objection_recovery", "next_step_specificity", "methodology_completeness", "talk_track_adherence"]],
  ["Scorecards", ["score", "score_agreement", "model_agreement"]],
  ["Coaching and activity", ["coaching_coverage", "calls_attended", "calls_hosted", "own_calls_viewed", "others_calls_viewed", "calls_shared", "comments_given", "comments_received", "feedback_requested", "feedback_given", "scorecards_given", "scorecards_received"]],
  ["The calls they were in", ["team_talk_ratio", "longest_customer_story", "switches", "switches_per_hour", "switches_per_minute", "interactivity", "cut_in_share", "overtalk_pct", "silence_pct", "dead_air", "turn_entropy", "lsm", "ext_speakers", "ext_talkers", "pricing_at", "nextstep_at", "nextstep_share"]],
  ["Weeks until they were among the others", ["ramp_weeks"]],
];

/** What the part of a figure is called: a code, a question of a form, another figure. */
function coachPart(f, forms) {
  if (!f.part) return "";
  if (f.id === "ramp_weeks") return coachName(f.part);
  const [form, question] = f.part.split("/"), card = forms.get(form);
  return card ? `${card.name}, ${card.questions[question - 1] ?? `question ${question}`}` : spoken(f.part).toLowerCase();
}
const coachTitle = (f, forms) => [coachName(f.id), coachPart(f, forms)].filter(Boolean).join(": ");

const ordinal = (n) => `${n}${n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th"}`;
const same = (f, g) => f.id === g.id && f.part === g.part;

// ---- what a figure rests on ----

/** The words in one call behind a figure of one person, for who wants to see them. */
async function wordsIn(call, f) {
  const { statistics: stats, findings: found } = await api("GET", `/v1/interactions/${call}/insights`);
  const stat = stats.find((s) => s.id === f.id && !s.of && (s.speaker === f.name || !s.speaker));
  const kind = { objection_recovery: "objection", next_step_specificity: "commitment" }[f.id];
  const spans = stat ? stat.spans : found.filter((x) => x.kind === kind && (!f.part || x.class === f.part)).flatMap((x) => x.spans);
  return [
    stat ? el("p", {}, stat.value === null ? `Not known here: ${spoken(stat.reason)}` : `Here: ${amount(stat.value, stat.unit, f.id)}`) : "",
    spans.length ? el("ul", {}, ...spans.slice(0, 20).map((s) => el("li", {}, el("a", { href: spanLink(call, [s]) }, s.quote)))) : "",
    el("p", {}, el("a", { href: `#/c/${call}` }, "Open the call")),
  ];
}

const callLine = (f) => (id, call) => el("li", {}, call ? opening("input", [`${call.title || "untitled"} `, el("span", { className: "soft" }, day(call.started_at))], () => wordsIn(id, f)) : "a call you may not see");

async function coachExplain(f, asked) {
  const said = await api("GET", `/v1/analytics/coaching/explain?${new URLSearchParams([...asked].filter(([key]) => key !== "rep").concat([["figure", f.id], ["rep", f.rep]]))}`);
  const mine = said.figures.find((x) => x.rep === f.rep && same(x, f));
  if (!mine) return [el("p", { className: "soft" }, "It is no longer there.")];
  const more = [mine.median !== undefined && `median ${amount(mine.median, mine.unit, mine.id)}`, mine.pooled !== undefined && `all taken together ${amount(mine.pooled, mine.unit, mine.id)}`].filter(Boolean);
  const of = mine.inputs ?? [];
  return [definitionOf(mine), more.length ? el("p", {}, capital(more.join("; "))) : "",
    ...(mine.inputs_of === "calls" ? await inputsOf("call", of, callLine(mine)) : mine.inputs_of === "deals" ? await inputsOf("deal", of, dealLine)
      : of.length ? [el("p", {}, `Made of ${of.length} ${mine.inputs_of}.`)] : [])];
}

/** Everybody's value of a figure, best known first; who has none is named with the reason. */
function among(f, figures, asked, definition) {
  const others = figures.filter((x) => x.rep && same(x, f)), have = others.filter((x) => x.value !== null).sort((x, y) => y.value - x.value);
  const low = Math.min(0, ...have.map((x) => x.value)), high = Math.max(...have.map((x) => x.value), low + 1e-9);
  const line = (x) => el("tr", {}, el("td", {}, el("a", { href: addressWith("coaching", asked, { rep: x.rep }) }, x.name ?? "erased")),
    el("td", { className: "n" }, x.value === null ? "" : shown(x)),
    el("td", {}, x.value === null ? el("span", { className: "soft" }, whyNone(x)) : svg("svg", { class: "odds", viewBox: "0 0 100 10", "aria-hidden": "true", preserveAspectRatio: "none" },
      svg("rect", { class: "all", x: 0, y: 3, width: 100, height: 4 }), svg("rect", { class: "range", x: 0, y: 2, width: (100 * (x.value - low)) / (high - low), height: 6 }))),
    el("td", { className: "soft" }, x.value === null ? "" : `n ${x.n}`));
  return [definition, others.length ? el("div", { className: "table", tabIndex: 0, role: "region", "aria-label": `${coachName(f.id)} by person` }, el("table", {}, el("tbody", {}, ...[...have, ...others.filter((x) => x.value === null)].map(line)))) : ""];
}

// ---- what stands out ----

function alertLines(alerts, forms) {
  if (!alerts.length) return [el("p", { className: "soft" }, "Nothing: no figure of the last 30 days differs from before, or from the others, more than chance explains.")];
  return [el("ul", {}, ...alerts.map((a) => el("li", {}, el("strong", {}, a.name ?? "erased"), `: ${coachTitle(a, forms)} ${amount(a.mean, "1", a.id)} in the last 30 days, ${amount(a.other_mean, "1", a.id)} ${a.against === "own" ? "before" : "among the others"} `,
    el("span", { className: "soft" }, `(${a.n} against ${a.other_n} values, q ${a.q.toPrecision(1)})`))))];
}

// ---- the page ----

async function coachingView(asked) {
  const period = new URLSearchParams([...asked].filter(([key]) => key !== "rep"));
  const [page, alerts, cards] = await Promise.allSettled([api("GET", `/v1/analytics/coaching?${period}`), api("GET", "/v1/analytics/coaching/alerts"), api("GET", "/v1/scorecards?limit=200")]);
  if (page.status === "rejected") throw page.reason;
  const { figures, from, to, as_of: asOf } = page.value;
  const forms = new Map(cards.status === "fulfilled" ? cards.value.scorecards.map((c) => [c.id, c]) : []);
  const people = new Map(figures.filter((f) => f.rep).map((f) => [f.rep, f.name ?? "erased"]).sort((x, y) => x[1].localeCompare(y[1])));
  const rep = people.has(asked.get("rep")) ? asked.get("rep") : people.size === 1 ? [...people.keys()][0] : "";
  const bar = periodBar("coaching", asked, people.size > 1 ? choiceOf("Whose figures", [["", "The team"], ...people], rep, (id) => { location.hash = addressWith("coaching", asked, { rep: id }); }) : "");
  if (!people.size) return [el("h2", {}, "Coaching"), bar, el("p", { className: "card soft" }, "Nobody of yours was in a call in this period. Choose a longer one, or bring calls in with: harken ingest PATH")];
  const row = (f) => {
    const team = rep ? figures.find((x) => !x.rep && same(x, f)) : null;
    const more = [f.percentile !== undefined && `${ordinal(Math.round(f.percentile))} percentile`, team && team.value !== null && people.size > 1 && `team ${shown(team)}`].filter(Boolean).join(", ");
    const teamOpen = async () => among(f, figures, asked, definitionOf((await api("GET", `/v1/analytics/coaching/explain?${new URLSearchParams([...period, ["figure", f.id]])}`)).figures[0]));
    return { figure: f, node: figureRow(f, coachTitle(f, forms), more, f.rep ? () => coachExplain(f, period) : teamOpen) };
  };
  const mine = figures.filter((f) => (rep ? f.rep === rep : !f.rep) || (rep && !f.rep && f.reason === "not_recorded"));
  return [
    el("h2", {}, rep ? `Coaching: ${people.get(rep)}` : `Coaching: the team (${people.size})`), bar,
    el("p", { className: "soft" }, `${day(from)} until before ${day(to)}, as of ${new Date(asOf).toLocaleString()}. ${rep ? "Means per call of this person, with their 95 % interval" : "Means over people, each counting once"}; fewer than five are not shown. Open a figure for its definition and what it is made of.`),
    rep ? "" : section("What stands out", alerts, (v) => alertLines(v.alerts, forms)),
    rep && alerts.status === "fulfilled" && alerts.value.alerts.some((a) => a.rep === rep) ? section("What stands out", alerts, (v) => alertLines(v.alerts.filter((a) => a.rep === rep), forms)) : "",
    ...coachGroups.map(([title, ids]) => figureGroup(title, ids.flatMap((id) => mine.filter((f) => f.id === id)).map(row))),
    exportsOf("/v1/analytics/coaching", asked),
    el("p", { className: "soft keys" }, "Keys: j and k through the figures, Enter opens, Esc back."),
  ];
}

// ---- what is said about a conversation ----

const remarkWords = { comment: "Comment", request: "Asks for feedback", share: "Shared by a link" };

function remarkLine(id, r) {
  const place = r.turn === undefined ? [] : [" ", el("a", { href: spanLink(id, [{ turn: r.turn, start: r.start, end: r.end }]) }, "the words")];
  return el("li", {}, el("span", { className: "soft" }, `${remarkWords[r.kind]}, ${day(r.created_at)}`), ...place, el("br"), r.text);
}

/** Comments on a conversation, or on the words its address marks; asking for feedback; passing the address on. */
function discussion(id, spans, comments) {
  const list = el("ul", { className: "findings" }, ...comments.map((r) => remarkLine(id, r))), said = el("p", { role: "status", className: "soft" });
  const text = el("textarea", { rows: 3, "aria-label": "What you want to say", maxLength: 8000 });
  const place = spans.length ? { turn: spans[0].turn, start: spans[0].start, end: spans[0].end } : {};
  const send = async (kind, done) => {
    if (kind !== "share" && !text.value.trim()) return text.focus();
    try {
      const made = await api("POST", `/v1/interactions/${id}/comments`, { kind, text: kind === "share" ? "" : text.value, ...place });
      list.append(remarkLine(id, made));
      if (kind !== "share") text.value = "";
      said.textContent = await done();
    } catch (error) {
      said.textContent = error.message;
    }
  };
  const button = (label, kind, done) => {
    const b = el("button", { type: "button" }, label);
    b.addEventListener("click", () => send(kind, done));
    return b;
  };
  const copied = () => navigator.clipboard.writeText(location.href).then(() => "The link is copied. It opens for those who may see the conversation.", () => `The link: ${location.href}`);
  return el("details", {}, el("summary", {}, `Comments (${comments.length})`), list, text,
    el("p", { className: "row" }, button("Comment", "comment", async () => "Noted."), button("Ask for feedback", "request", async () => "Noted. Whoever may see the conversation can answer."), button("Copy a link", "share", copied)),
    spans.length ? el("p", { className: "soft" }, "About the marked words.") : "", said);
}
