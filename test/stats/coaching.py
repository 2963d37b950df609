"""test/stats/coaching.py - the figures of reps (definitions.md section 10), computed a second time from the text: naive, from items.

An item is (figure, part, rep, source, at, value, weight). Means, shares and counters are told apart by KIND.
"""
import math

MASK = (1 << 64) - 1
DAY = 86400000
SMALL = 5
SHARES = {"objection_recovery", "coaching_coverage"}
COUNTS = {"calls_attended", "own_calls_viewed", "others_calls_viewed", "comments_given", "comments_received", "scorecards_given",
          "scorecards_received", "feedback_given"}
OWN = {"talk_time", "talk_ratio", "talk_ratio_of_call", "longest_monologue", "patience_ms", "interruptions", "questions", "check_ins",
       "question_rate", "open_share", "question_spread", "wpm", "wpm_shift_after_objection", "fillers"}


def quantile(values, p):
    v = sorted(values)
    rank = p * (len(v) - 1)
    low = math.floor(rank)
    return v[low] if low + 1 >= len(v) else v[low] + (rank - low) * (v[low + 1] - v[low])


def bootstrap(values):
    """Means of 1,000 resamples by SplitMix64, seed 1."""
    state, means = 1, []
    for _ in range(1000):
        total = 0.0
        for _ in values:
            state = (state + 0x9E3779B97F4A7C15) & MASK
            z = state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            total += values[(z ^ (z >> 31)) % len(values)]
        means.append(total / len(values))
    return quantile(means, 0.025), quantile(means, 0.975)


def wilson(k, n):
    z = 1.959963984540054
    p, d = k / n, 1 + z * z / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (p + z * z / (2 * n) - half) / d, (p + z * z / (2 * n) + half) / d


def described(values, share):
    n = len(values)
    row = dict(value=None, median=None, low=None, high=None, reason="", n=n)
    if n < SMALL:
        return row | dict(reason="small_n" if n else "nothing_to_count")
    low, high = wilson(sum(values), n) if share else bootstrap(values)
    return row | dict(value=sum(values) / n, median=quantile(values, 0.5), low=low, high=high)


def ordered(items):
    return sorted(items, key=lambda i: (i["at"], i["source"], i["value"]))


def figure_rows(case, name, part, items):
    """{(name, part, rep): row} of every rep and of the team (rep -1)."""
    rows = {}
    for rep in case["reps"]:
        mine = [i for i in ordered(items) if i["rep"] == rep]
        now = [i for i in mine if case["from"] <= i["at"] < case["to"] and i["at"] <= case["as_of"]]
        if part and not mine:
            continue
        if name in COUNTS:
            rows[name, part, rep] = dict(value=float(sum(i["value"] for i in now)), n=len(now), reason="")
            continue
        row = described([i["value"] for i in now], name in SHARES)
        if row["value"] is not None and all(i["weight"] > 0 for i in now):
            row["pooled"] = sum(i["value"] * i["weight"] for i in now) / sum(i["weight"] for i in now)
        rows[name, part, rep] = row
    shown = {k: r["value"] for k, r in rows.items() if r["value"] is not None}
    if len(shown) >= SMALL:
        for k, v in shown.items():
            others = [x for o, x in shown.items() if o != k]
            rows[k]["percentile"] = 100 * (sum(x < v for x in others) + 0.5 * sum(x == v for x in others)) / len(others)
    rows[name, part, -1] = described([shown[k] for k in sorted(shown, key=lambda k: case["reps"].index(k[2]))], False)
    return rows


def ramp_rows(case, name, items):
    known = {}
    for i in ordered(items):
        if i["at"] <= case["as_of"]:
            known.setdefault(i["rep"], []).append(i)
    means = [sum(i["value"] for i in v) / len(v) for v in known.values() if len(v) >= SMALL]
    rows = {}
    for rep, mine in known.items():
        row = dict(value=None, reason="not_yet" if len(means) >= SMALL else "small_n")
        k, start = 4, mine[0]["at"]
        while len(means) >= SMALL and start + 7 * DAY * k <= case["as_of"]:
            t = start + 7 * DAY * k
            window = [i["value"] for i in mine if t - 28 * DAY <= i["at"] <= t]
            if window and quantile(means, 0.25) <= sum(window) / len(window) <= quantile(means, 0.75):
                row = dict(value=float(k), reason="")
                break
            k += 1
        rows["ramp_weeks", name, rep] = row
    return rows


def alpha(units):
    """Krippendorff's alpha, interval, by the matrix of coincidences: units are lists of values."""
    units = [u for u in units if len(u) > 1]
    matrix = {}
    for u in units:
        for i, x in enumerate(u):
            for j, y in enumerate(u):
                if i != j:
                    matrix[x, y] = matrix.get((x, y), 0) + 1 / (len(u) - 1)
    totals = {}
    for (x, _), c in matrix.items():
        totals[x] = totals.get(x, 0) + c
    n = sum(totals.values())
    observed = sum(c * (x - y) ** 2 for (x, y), c in matrix.items())
    expected = sum(totals[x] * totals[y] * (x - y) ** 2 for x in totals for y in totals)
    if len(units) < 2 or expected == 0:
        return None, len(units)
    return 1 - (n - 1) * observed / expected, len(units)


def score_rows(case):
    rows = {}
    now = [r for r in case["ratings"] if case["from"] <= r["at"] < case["to"] and r["at"] <= case["as_of"]]
    for form, question in sorted({(r["form"], r["question"]) for r in now}):
        here = [r for r in now if (r["form"], r["question"]) == (form, question)]
        units = sorted({(r["call"], r["rep"]) for r in here})
        people = {u: [r["value"] for r in here if (r["call"], r["rep"]) == u and not r["model"]] for u in units}
        model = {u: [r["value"] for r in here if (r["call"], r["rep"]) == u and r["model"]] for u in units}
        part = (form, question)

        def put(name, groups):
            value, n = alpha(groups)
            small = n < SMALL
            rows[name, part, -1] = dict(value=None if small else value, n=n, reason="small_n" if small else "no_variance" if value is None else "")
            return rows[name, part, -1]["value"]

        put("score_agreement", list(people.values()))
        both = [[sum(people[u]) / len(people[u]), sum(model[u]) / len(model[u])] for u in units if people[u] and model[u]]
        counts = both and (put("model_agreement", both) or 0) >= 0.7
        items = [dict(rep=r["rep"], source=r["call"], at=r["at"], value=float(r["value"]), weight=1.0) for r in here if not r["model"] or counts]
        rows |= figure_rows(case, "score", part, items)
    return rows


def t_tail(t, df):
    """P(|T| > t) by Simpson's rule over the angle whose tangent is t / sqrt(df)."""
    if df > 1e6:
        return math.erfc(abs(t) / math.sqrt(2))
    start, n = math.atan(abs(t) / math.sqrt(df)), 4000
    h = (math.pi / 2 - start) / n
    at = [math.cos(start + i * h) ** (df - 1) for i in range(n)] + [0.0]
    area = h / 3 * (at[0] + at[-1] + 4 * sum(at[1:-1:2]) + 2 * sum(at[2:-1:2]))
    whole = math.sqrt(math.pi) / 2 * math.exp(math.lgamma(df / 2) - math.lgamma((df + 1) / 2))
    return area / whole


def welch(x, y):
    mx, my = sum(x) / len(x), sum(y) / len(y)
    sx = sum((v - mx) ** 2 for v in x) / (len(x) - 1) / len(x)
    sy = sum((v - my) ** 2 for v in y) / (len(y) - 1) / len(y)
    if sx + sy <= 0:
        return None
    return t_tail((mx - my) / math.sqrt(sx + sy), (sx + sy) ** 2 / (sx ** 2 / (len(x) - 1) + sy ** 2 / (len(y) - 1)))


def tests(case):
    """{(figure, part, rep, peers): (p, q)}"""
    out = {}
    for name, part in sorted({(i["def"], i["part"]) for i in case["items"]}):
        if name in COUNTS:
            continue
        known = [i for i in case["items"] if (i["def"], i["part"]) == (name, part) and i["at"] <= case["as_of"]]
        late = [i for i in known if i["at"] > case["as_of"] - 30 * DAY]
        for peers in (False, True):
            p = {}
            for rep in case["reps"]:
                mine = [i["value"] for i in late if i["rep"] == rep]
                other = [i["value"] for i in late if i["rep"] != rep] if peers else [i["value"] for i in known if i["rep"] == rep and i not in late]
                if len(mine) >= SMALL and len(other) >= SMALL and (value := welch(mine, other)) is not None:
                    p[rep] = value
            for rep, value in p.items():  # Benjamini, Hochberg
                q = min(len(p) * w / sum(v <= w for v in p.values()) for w in p.values() if w >= value)
                out[name, part, rep, peers] = (value, min(1.0, q))
    return out


def figures(case):
    rows = {}
    groups = {}
    for i in case["items"]:
        groups.setdefault((i["def"], i["part"]), []).append(i)
    for (name, part), items in groups.items():
        rows |= figure_rows(case, name, part, items)
        if name in OWN:
            rows |= ramp_rows(case, name, items)
    return rows | score_rows(case)
