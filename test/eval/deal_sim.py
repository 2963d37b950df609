"""test/eval/deal_sim.py - invents companies whose deals are won with a known probability.

A company has a pipeline and its own truth: a level, an effect of each stage and a weight of each feature, drawn around what is
usual. A deal gets a life of 28 days: stages, mails, calls, meetings, documents, moved close dates. Its probability is worked
out from that life by this file's own reading of definitions.md (sections 1 and 8; not by the program), and a coin is tossed.
What comes after day 28 gives the outcome away on purpose: winners write a lot, losers go silent, amounts and dates change.
A score that looks at anything later than its own day shows it. Standard library only; a seed gives the same company.
"""
import datetime as dt
import json
import math
import random

DAY = 86400
STAGES = [("prospect", 0.10, "early"), ("discovery", 0.20, "early"), ("evaluation", 0.35, "middle"), ("proposal", 0.50, "proposal"),
          ("negotiation", 0.70, "negotiation")]
# What is usual: mean of a weight over companies. Signs and sizes of ordinary sales sense, not of the program's table.
USUAL = dict(engagement=0.35, momentum=0.2, reciprocity=0.25, silence=-0.3, contacts=0.3, power=0.25, pushes=-0.35, stage_age=-0.15,
             amount=-0.1, regressed=-0.2)
SNAPSHOT_DAY = 28
EPOCH = dt.datetime(2024, 1, 1, 9, tzinfo=dt.timezone.utc).timestamp()


def iso(t):
    return dt.datetime.fromtimestamp(t, dt.timezone.utc).isoformat(timespec="milliseconds")


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


class Deal:
    def __init__(self, name, start):
        self.name, self.start = name, start
        self.changes, self.acts = [], []   # (t, field, value), (t, type, direction, people)

    def change(self, t, field, value):
        self.changes.append((t, field, value))

    def act(self, t, kind, direction, people):
        self.acts.append((t, kind, direction, people))


def life(rng, deal, account):
    """28 days of a deal."""
    busy = math.exp(rng.gauss(0, 0.8))
    warm = rng.random()
    people = ["p%d@%s.example" % (k, account) for k in range(rng.randint(1, 5))]
    amount = round(math.exp(rng.gauss(11, 0.7)), 2)
    stage = 0
    deal.change(deal.start, "stage", STAGES[0][0])
    deal.change(deal.start, "amount", "%.2f" % amount)
    close = int(deal.start // DAY) + rng.randint(45, 150)
    deal.change(deal.start, "close_date", close)
    for day in range(SNAPSHOT_DAY):
        t = deal.start + day * DAY + rng.uniform(0, 0.9) * DAY
        if rng.random() < 0.09 and stage < len(STAGES) - 1:
            stage += 1
            deal.change(t, "stage", STAGES[stage][0])
        elif rng.random() < 0.01 and stage > 0:
            stage -= 1
            deal.change(t, "stage", STAGES[stage][0])
        if rng.random() < 0.025:
            close += rng.randint(7, 40)
            deal.change(t + 60, "close_date", close)
        fade = 1.6 if day > 14 and warm > 0.7 else 0.4 if day > 14 and warm < 0.2 else 1
        for kind, rate in (("mail_out", 0.25), ("mail_in", 0.30 * warm), ("meeting", 0.08), ("attempt", 0.08), ("opened", 0.04)):
            if rng.random() < rate * busy * fade:
                at = t + rng.uniform(100, 2000)
                who = [rng.choice(people)]
                if kind == "meeting":
                    deal.act(at, "meeting", "both", rng.sample(people, min(len(people), rng.randint(1, 3))))
                elif kind == "mail_out":
                    deal.act(at, "mail", "outbound", who)
                elif kind == "mail_in":
                    deal.act(at, "mail", "inbound", who)
                elif kind == "attempt":
                    deal.act(at, "call_attempt", "outbound", who)
                else:
                    deal.act(at, "document_opened", "inbound", who)
    deal.close_day = close
    return people


# ---- this file's own reading of the features, at a time ----

WEIGHT = {("meeting", "both"): 5, ("mail", "inbound"): 3, ("document_opened", "inbound"): 2, ("mail", "outbound"): 1,
          ("call_attempt", "outbound"): 1}
EXTERNAL = {("meeting", "both"), ("mail", "inbound"), ("document_opened", "inbound")}


def engagement(deal, t):
    return sum(WEIGHT[(k, d)] * 2 ** (-(t - at) / (7 * DAY)) for at, k, d, _ in deal.acts if at <= t)


def features(deal, t, bosses, usual):
    """usual: median days in stage by stage name, and the median amount; None where there is no history."""
    x = {}
    past = [a for a in deal.acts if a[0] <= t]
    now, before = engagement(deal, t), engagement(deal, t - 14 * DAY)
    x["engagement"] = math.log1p(now) - 2
    x["momentum"] = max(-2, min(2, math.log((1 + now) / (1 + before))))
    inn = sum(1 for at, k, d, _ in past if at > t - 30 * DAY and (k, d) == ("mail", "inbound"))
    out = sum(1 for at, k, d, _ in past if at > t - 30 * DAY and (k, d) in (("mail", "outbound"), ("call_attempt", "outbound")))
    x["reciprocity"] = 2 * inn / (inn + out) - 1 if inn + out else 0
    theirs = [at for at, k, d, _ in past if (k, d) in EXTERNAL]
    x["silence"] = math.log1p(min(90, (t - (max(theirs) if theirs else deal.start)) / DAY)) - 2
    got, sent = set(), set()
    for at, k, d, people in past:
        if at > t - 60 * DAY:
            if (k, d) in EXTERNAL:
                got |= set(people)
            if d == "outbound" or k == "meeting":
                sent |= set(people)
    x["contacts"] = math.log1p(len(got & sent)) - 1
    x["power"] = (1 if any(k == "meeting" and set(people) & bosses for _, k, _, people in past) else 0) - 0.5
    dates = [v for at, f, v in deal.changes if f == "close_date" and at <= t]
    x["pushes"] = math.log1p(sum(1 for a, b in zip(dates, dates[1:]) if b > a))
    stages = [(at, v) for at, f, v in deal.changes if f == "stage" and at <= t]
    order = [s[0] for s in STAGES]
    since, stage = stages[-1]
    median = usual["days"].get(stage) if usual else None
    x["stage_age"] = max(-2, min(2, math.log((1 + (t - since) / DAY) / (1 + (median if median is not None else 14)))))
    amount = float([v for at, f, v in deal.changes if f == "amount" and at <= t][-1])
    x["amount"] = max(-2, min(2, math.log(amount / usual["amount"]) / 2)) if usual and usual["amount"] else 0
    x["regressed"] = 1 if order.index(stage) < max(order.index(v) for _, v in stages) else 0
    return x, stage


class Company:
    """Truth and deals. `usual` is what the truth compares with: fixed for the company, as its people would."""

    def __init__(self, seed, train, test):
        rng = self.rng = random.Random(seed)
        self.level = rng.gauss(0, 0.35)
        self.stage = {s[0]: rng.gauss(0, 0.25) for s in STAGES}
        self.weight = {k: rng.gauss(m, 0.3) for k, m in USUAL.items()}
        self.usual = dict(days={"prospect": 9, "discovery": 9, "evaluation": 9, "proposal": 9, "negotiation": 9}, amount=math.exp(11))
        self.bosses, self.deals, self.truth, self.won = set(), [], {}, {}
        for n in range(train):
            self.add("T%05d" % n, EPOCH + n * DAY / 2, True)
        self.until = EPOCH + train * DAY / 2 + 80 * DAY
        for n in range(test):
            self.add("S%05d" % n, self.until + n * 3600, False)

    def add(self, name, start, closed):
        rng, deal = self.rng, Deal(name, start)
        people = life(rng, deal, name.lower())
        self.bosses |= {p for p in people if rng.random() < 0.25}
        t = start + SNAPSHOT_DAY * DAY
        x, stage = features(deal, t, self.bosses, self.usual)
        pi = next(s[1] for s in STAGES if s[0] == stage)
        p = sigmoid(math.log(pi / (1 - pi)) + self.level + self.stage[stage] + sum(self.weight[k] * x[k] for k in x))
        deal.snapshot = None if closed else t
        deal.people = people
        self.truth[name], self.won[name] = p, rng.random() < p
        if closed:
            self.aftermath(deal, t, self.won[name], people)
        self.deals.append(deal)

    def aftermath(self, deal, t, won, people):
        """Between day 28 and day 56, so that day 28 is the only snapshot of the score."""
        rng = self.rng
        end = t + rng.uniform(1, 26) * DAY
        for k in range(rng.randint(5, 15) if won else rng.randint(0, 1)):
            deal.act(rng.uniform(t, end), "mail", "inbound", [rng.choice(people)])
        if won:
            deal.act(end - 60, "meeting", "both", people)
        else:
            deal.change(end - 120, "close_date", deal.close_day + 90)
            deal.change(end - 110, "amount", "1.00")
        deal.change(end, "stage", "won" if won else "lost")

    def records(self):
        stages = [dict(id=n, order=k + 1, probability=p, phase=ph) for k, (n, p, ph) in enumerate(STAGES)]
        stages += [dict(id="won", order=6, outcome="won"), dict(id="lost", order=7, outcome="lost")]
        yield dict(format="harken.pipeline/1", id="main", currency="EUR", stages=stages)
        n = 0
        for d in self.deals:
            for k, p in enumerate(d.people):
                yield dict(format="harken.contact/1", id=p, account="A" + d.name, email=p,
                           seniority="vp" if p in self.bosses else "staff")
            history = []
            for t, f, v in sorted(d.changes, key=lambda c: c[0]):
                if f == "close_date":
                    v = (dt.date(1970, 1, 1) + dt.timedelta(days=v)).isoformat()
                history.append(dict(at=iso(t), field=f, new=v))
            yield dict(format="harken.deal/1", id=d.name, name=d.name, account="A" + d.name, pipeline="main", created_at=iso(d.start),
                       history=history)
            for t, k, way, people in d.acts:
                n += 1
                yield dict(format="harken.activity/1", id="a%d" % n, at=iso(t), type=k, direction=way, deal=d.name, contacts=people)
            if d.snapshot:
                yield dict(format="sim.snapshot/1", deal=d.name, at=iso(d.snapshot))

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            for r in self.records():
                f.write(json.dumps(r) + "\n")
