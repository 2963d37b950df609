"""test/stats/pipeline.py - pipeline figures and deal states a second time, from the text of definitions.md alone.

Works on records of a CRM file as plain dictionaries. Nothing here looks at the program's code; deals_test.py compares the two.
"""
import datetime as dt
import math

DAY = 86400000


def ms(text):
    return round(dt.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def day(text):
    return (dt.date.fromisoformat(text[:10]) - dt.date(1970, 1, 1)).days


class History:
    """One deal, replayed: `at(t)` is how it stood at t (what happened at t counts)."""

    def __init__(self, record, pipeline):
        self.name, self.pipeline = record["id"], pipeline
        self.stages = {s["id"]: s for s in pipeline["stages"]}
        self.changes = sorted(((ms(c["at"]), c["field"], c) for c in record.get("history", [])), key=lambda c: c[0])
        self.mentions = record.get("mentions", [])  # (when, which competitor), oldest first
        self.created = ms(record["created_at"]) if "created_at" in record else self.changes[0][0] if self.changes else None

    def steps(self):
        return sorted({t for t, _, _ in self.changes})

    def at(self, t):
        s = dict(stage=None, outcome="unknown", closed=None, amount=None, currency=None, close=None, category="none", pushes=0, push_days=0,
                 created=self.created, probability=None)
        for when in self.steps():
            if when > t:
                break
            now = [(f, c) for w, f, c in self.changes if w == when]
            for field in ("stage", "amount", "close_date", "owner", "forecast_category"):
                values = [c for f, c in now if f == field]
                if not values:
                    continue
                if len({(str(c["new"]), c.get("currency")) for c in values}) > 1:
                    self.contradict(s, field)
                else:
                    self.apply(s, when, field, values[0])
        if s["closed"] is not None and s["created"] is not None and s["closed"] < s["created"]:
            s["bad_times"] = True
        return s

    def contradict(self, s, field):
        if field == "stage":
            s.update(stage=None, outcome="unknown")
        elif field == "amount":
            s["amount"] = None
        elif field == "close_date":
            s["close"] = None

    def apply(self, s, when, field, c):
        new = c["new"]
        if field == "stage":
            st = self.stages.get(new)
            if st is None:
                s.update(stage=None, outcome="unknown")
            elif s["stage"] is not st:
                s["stage"], s["outcome"] = st, st.get("outcome", "open")
                s["closed"] = when if s["outcome"] != "open" else None
                s["probability"] = st.get("probability", 0)
        elif field == "amount":
            s["amount"], s["currency"] = (None, None) if new is None else (micros(new), c.get("currency") or self.pipeline["currency"])
        elif field == "close_date":
            try:
                d = day(new) if new is not None else None
            except ValueError:
                d = None
            if d is not None and s["close"] is not None and s["outcome"] in ("open", "unknown") and d > s["close"]:
                s["pushes"] += 1
                s["push_days"] += d - s["close"]
            s["close"] = d
        elif field == "forecast_category":
            s["category"] = new or "none"


def micros(text):
    whole, _, part = str(text).partition(".")
    return int(whole) * 1000000 + int((part + "000000")[:6])


def quantile(values, p):
    values = sorted(values)
    if not values:
        return None
    rank = p * (len(values) - 1)
    low = int(rank)
    if low + 1 >= len(values):
        return values[-1]
    return values[low] + (rank - low) * (values[low + 1] - values[low])


def wilson(won, n):
    z = 1.959963984540054
    p, z2 = won / n, z * z
    mid, half = (p + z2 / (2 * n)) / (1 + z2 / n), z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return mid - half, mid + half


def splitmix():
    state, mask = 1, 2 ** 64 - 1
    while True:
        state = state + 0x9E3779B97F4A7C15 & mask
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        yield z ^ z >> 31


def bootstrap(values):
    draw, means = splitmix(), []
    for _ in range(1000):
        means.append(sum(values[next(draw) % len(values)] for _ in values) / len(values))
    return quantile(means, 0.025), quantile(means, 0.975)


def kaplan_meier(pairs):
    alive, pairs = 1.0, sorted(pairs)
    for t in sorted({t for t, e in pairs if e}):
        at_risk = sum(1 for u, _ in pairs if u >= t)
        alive *= 1 - sum(1 for u, e in pairs if u == t and e) / at_risk
    return 1 - alive


class Figures:
    """All figures of [first, last) days as known at `as_of`, as {(id, part): (value, n, low, high)}; None: no value."""

    def __init__(self, pipeline, deals, first, last, as_of):
        self.pipeline, self.out = pipeline, {}
        offset = pipeline.get("offset_min", 0) * 60000
        self.offset = offset
        self.first, self.last, self.as_of = first, last, as_of
        self.start = first * DAY - offset
        self.over = last * DAY - offset
        self.end = max(self.start, min(self.over, as_of + 1))
        self.deals = [d for d in deals if d.changes]
        self.rows = [(d, d.at(self.start - 1), d.at(self.end - 1)) for d in self.deals]
        self.closed = [(d, e) for d, _, e in self.rows if e["outcome"] in ("won", "lost") and self.start <= e["closed"] < self.end]
        self.good = [(d, e) for d, e in self.closed if not e.get("bad_times")]
        self.won = [(d, e) for d, e in self.good if e["outcome"] == "won"]
        self.lost = [(d, e) for d, e in self.good if e["outcome"] == "lost"]

    def put(self, name, part, value, n, interval=(None, None), small=False):
        if small and n < 5:
            value, interval = None, (None, None)
        self.out[name, part] = (value, n, *interval)
        return value

    def ours(self, s):
        return s["amount"] is not None and s["currency"] == self.pipeline["currency"]

    def worth(self, s):
        due = s["close"] is not None and self.first <= s["close"] < self.last
        return s["amount"] if s["outcome"] == "open" and due and self.ours(s) else 0

    def competitors(self):
        before = {d.name: [(t, c) for t, c in d.mentions if t <= e["closed"]] for d, e in self.good}
        names = {c for m in before.values() for _, c in m}
        for part in ["", *names]:
            hit = [(d, e) for d, e in self.good if any(part in ("", c) for _, c in before[d.name])]
            won, n = sum(e["outcome"] == "won" for _, e in hit), len(hit)
            self.put("competitor_share", part, n / len(self.good) if self.good else None, len(self.good), small=True)
            self.put("competitor_win_rate", part, won / n if n else None, n, wilson(won, n) if n else (None, None), True)
        rest = [e["outcome"] == "won" for d, e in self.good if not before[d.name]]
        self.put("competitor_win_rate", "none", sum(rest) / len(rest) if rest else None, len(rest),
                 wilson(sum(rest), len(rest)) if rest else (None, None), True)
        stages = {}
        for d, _ in self.good:
            if before[d.name]:
                stage = d.at(before[d.name][0][0])["stage"]
                if stage is not None:
                    stages.setdefault(stage["order"], []).append(d)
        for order, deals in stages.items():
            self.put("competitor_first_stage", str(order), len(deals), len(deals))

    def make(self):
        self.competitors()
        won, lost = len(self.won), len(self.lost)
        n = won + lost
        rate = self.put("win_rate", "", won / n if n else None, n, wilson(won, n) if n else (None, None), True)
        self.put("won_count", "", won, won)
        self.put("lost_count", "", lost, lost)
        self.put("excluded_count", "", len(self.closed) - n, len(self.closed) - n)
        wv = sum(e["amount"] for _, e in self.won if self.ours(e))
        lv = sum(e["amount"] for _, e in self.lost if self.ours(e))
        self.put("won_value", "", wv / 1e6, won)
        self.put("lost_value", "", lv / 1e6, lost)
        by_value = self.put("win_rate_value", "", wv / (wv + lv) if wv + lv else None, n, small=True)
        cycle = self.put("cycle_length", "", quantile([(e["closed"] - e["created"]) / DAY for _, e in self.won], 0.5), won, small=True)
        self.put("cycle_length_lost", "", quantile([(e["closed"] - e["created"]) / DAY for _, e in self.lost], 0.5), lost, small=True)
        values = [e["amount"] / 1e6 for _, e in self.won if self.ours(e)]
        mean = self.put("mean_won_value", "", sum(values) / len(values) if values else None, len(values),
                        bootstrap(values) if values else (None, None), True)
        made = [(d, e) for d, _, e in self.rows if e["created"] is not None and self.start <= e["created"] < self.end]
        names = {d.name for d, _ in made} | {d.name for d, s, _ in self.rows if s["outcome"] == "open"}
        self.put("opportunities", "", len(names), len(names))
        both = len({d.name for d, _ in made} & {d.name for d, _ in self.closed})
        self.put("created_and_closed", "", both, both)
        known = None not in (rate, mean, cycle) and cycle > 0
        self.put("sales_velocity", "", len(names) * rate * mean / cycle if known else None, len(names))
        self.put("needed_coverage", "", 1 / by_value if by_value else None, 0)
        self.stages()
        self.moves()
        self.waterfall()
        self.outlook()
        self.forecast(wv, won)
        return self.out

    # ---- stages ----

    def stays(self, deal):
        out = []
        for t, f, c in deal.changes:
            if f != "stage" or t > self.as_of or c["new"] not in deal.stages:
                continue
            if out and out[-1][0] == c["new"]:
                continue
            out.append((c["new"], t))
        return out

    def stages(self):
        all_stays = [(d, self.stays(d)) for d, _, _ in self.rows]
        for st in self.pipeline["stages"]:
            if st.get("outcome", "open") != "open":
                continue
            pairs, days = [], []
            for d, stays in all_stays:
                kind = {k: d.stages[k] for k, _ in stays}
                first = next((i for i, (k, t) in enumerate(stays) if k == st["id"] and self.start <= t < self.end), None)
                if first is not None:
                    t0 = stays[first][1]
                    later = [t for k, t in stays[first + 1:] if kind[k].get("outcome", "open") == "won" or
                             (kind[k].get("outcome", "open") == "open" and kind[k]["order"] > st["order"])]
                    if later:
                        pairs.append(((later[0] - t0) / DAY, True))
                    elif kind[stays[-1][0]].get("outcome", "open") == "lost":
                        pairs.append((100000.0, False))
                    else:
                        pairs.append(((self.as_of - t0) / DAY, False))
                for i, (k, t) in enumerate(stays[:-1]):
                    left = stays[i + 1][1]
                    if k == st["id"] and self.start <= left < self.end:
                        days.append((left - t) / DAY)
            part = str(st["order"])
            self.put("stage_conversion", part, kaplan_meier(pairs) if pairs else None, len(pairs), small=True)
            self.put("time_in_stage", part, quantile(days, 0.5), len(days), small=True)
            self.put("time_in_stage_p90", part, quantile(days, 0.9), len(days), small=True)

    # ---- close dates ----

    def moves(self):
        count = total = early = 0
        for d, s, e in self.rows:
            a, b = d.at(self.start - 1), d.at(self.end - 1)
            count += b["pushes"] - a["pushes"]
            total += b["push_days"] - a["push_days"]
        for d, e in self.closed:
            if e["outcome"] != "won":
                continue
            s = d.at(self.start - 1)
            when = s["close"]
            if when is None:
                for t, f, c in d.changes:
                    if f == "close_date" and t < self.end and c["new"]:
                        try:
                            when = day(c["new"])
                            break
                        except ValueError:
                            pass
            if when is not None and (e["closed"] + self.offset) // DAY < when:
                early += 1
        self.put("push_count", "", count, count)
        self.put("mean_push_days", "", total / count if count else None, count, small=True)
        self.put("pull_in", "", early, early)

    # ---- value ----

    def waterfall(self):
        parts = dict.fromkeys("opening created increased moved_in decreased won lost moved_out closing".split(), 0)
        n = dict(parts)
        for d, s, _ in self.rows:
            before, was = s, self.worth(s)
            ever = was > 0
            parts["opening"] += was
            n["opening"] += was > 0
            for t in d.steps():
                if not self.start <= t < self.end:
                    continue
                after = d.at(t)
                now = self.worth(after)
                if now != was:
                    if was and after["outcome"] in ("won", "lost"):
                        part = after["outcome"]
                    elif was == 0:
                        part = "created" if not ever and after["created"] >= self.start else "moved_in"
                    elif now == 0:
                        part = "decreased" if before["amount"] is not None and after["amount"] == 0 else "moved_out"
                    else:
                        part = "increased" if now > was else "decreased"
                    parts[part] += abs(now - was)
                    n[part] += 1
                ever = ever or now > 0
                before, was = after, now
            parts["closing"] += was
            n["closing"] += was > 0
        for k, v in parts.items():
            self.put("waterfall", k, v / 1e6, n[k])
        self.balance = (parts["opening"] + parts["created"] + parts["increased"] + parts["moved_in"] - parts["decreased"] - parts["won"] -
                        parts["lost"] - parts["moved_out"] - parts["closing"])
        due = [(self.worth(s), e) for _, s, e in self.rows if self.worth(s)]
        slipped = sum(w for w, e in due if e["outcome"] not in ("won", "lost"))
        over = self.end == self.over
        self.put("slip_rate", "", slipped / sum(w for w, _ in due) if due and over else None, len(due), small=True)

    def outlook(self):
        open_ = [(d, e) for d, _, e in self.rows if self.worth(e)]
        self.put("open_value", "", sum(self.worth(e) for _, e in open_) / 1e6, len(open_))
        self.put("weighted_pipeline", "", math.fsum(self.worth(e) / 1e6 * e["probability"] for _, e in open_), len(open_))
        for c in ("omitted", "pipeline", "best_case", "commit"):
            mine = [self.worth(e) for _, e in open_ if e["category"] == c]
            self.put("category_value", c, sum(mine) / 1e6, len(mine))

    def forecast(self, won_value, won_n):
        over = self.end == self.over
        for week in (1, 4, 8, 12):
            t = self.start + week * 7 * DAY - 1
            if t >= self.end:
                continue
            total, seen, hit = 0, {}, {}
            for d, _, e in self.rows:
                s = d.at(t)
                if s["outcome"] == "won" and s["closed"] >= self.start and self.ours(s) and not e.get("bad_times"):
                    total += s["amount"]
                if s["outcome"] != "open" or s["close"] is None or not self.first <= s["close"] < self.last:
                    continue
                if s["category"] == "commit":
                    total += self.worth(s)
                seen[s["category"]] = seen.get(s["category"], 0) + 1
                done = e["outcome"] == "won" and self.start <= e["closed"] < self.end
                hit[s["category"]] = hit.get(s["category"], 0) + done
            part = "w%d" % week
            self.put("forecast", part, total / 1e6, seen.get("commit", 0))
            self.put("forecast_accuracy", part, 1 - abs(total - won_value) / won_value if over and won_value else None, won_n)
            for c in ("pipeline", "best_case", "commit"):
                n = seen.get(c, 0)
                self.put("category_close_rate", "%s.%s" % (c, part), hit.get(c, 0) / n if n and over else None, n, small=True)


# ---- engagement (definitions 1) ----

def engagement(acts, t):
    """acts: (ms, type, direction, status)."""
    weight = {("meeting", None): 5, ("call", None): 4, ("mail", "inbound"): 3, ("document_opened", None): 2, ("mail", "outbound"): 1,
              ("call_attempt", None): 1}
    total = 0.0
    for at, kind, way, status in acts:
        if at <= t and status == "done":
            w = weight.get((kind, way), weight.get((kind, None), 0))
            total += w * 2.0 ** (-(t - at) / (7 * DAY))
    return total


def reciprocity(acts, t):
    inn = out = 0
    for at, kind, way, status in acts:
        if not t - 30 * DAY < at <= t or status != "done":
            continue
        inn += kind in ("mail", "call") and way == "inbound"
        out += (kind in ("mail", "call") and way == "outbound") or kind == "call_attempt"
    return inn / (inn + out) if inn + out else None
