"""test/eval/deal_warnings.py - rows warnings-recall, warnings-false: warnings planted in invented deals.

A healthy deal has none of the 24. For each warning it is changed so that this one must fire (definitions.md section 7), and,
where there is a threshold, so that it just does not. Recall is planted and found / planted; false is how many fired that were
neither planted nor a consequence of the plant, over all deals. Findings (what was said) are planted as findings: how well they
are found in words is measured elsewhere.
"""
import datetime as dt
import json
import pathlib
import random
import subprocess
import tempfile

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.timezone.utc)  # a Friday
STAGES = [("talk", "early", 0.1), ("look", "middle", 0.3), ("offer", "proposal", 0.5), ("haggle", "negotiation", 0.75)]
EACH = 20


def ago(days, minutes=0):
    return (NOW - dt.timedelta(days=days, minutes=minutes)).isoformat()


def on(days):
    return (NOW.date() + dt.timedelta(days=days)).isoformat()


class Deal:
    """Healthy, in the middle stage."""

    def __init__(self, rng, name):
        self.rng, self.name, self.created = rng, name, rng.randint(50, 70)
        self.people = {k: dict(email="%s@%s.example" % (k, name.lower()), seniority=s, **f) for k, s, f in (
            ("cham", "manager", dict(champion=True)), ("boss", "vp", dict(economic_buyer=True)), ("user", "staff", {}), ("help", "staff", {}))}
        self.stages = [(self.created, "talk"), (30, "look")]
        self.stages[1] = (rng.randint(3, 12), "look")
        self.amounts = [(self.created, rng.randint(10000, 45000))]
        self.closes = [(self.created, 90)]
        self.owner = "rep@us.example"
        self.acts, self.finds = [], []
        for day in (34, 20, 8):
            self.act(day, "meeting", "both", ["cham", "boss", "user", "help"])
        for day in (25, 15, rng.randint(1, 4)):
            self.act(day, "mail", "outbound", ["cham", "user"])
            self.act(day - 0.2, "mail", "inbound", ["cham"])
            self.act(day - 0.3, "mail", "inbound", ["user"])
            self.act(day - 0.4, "mail", "inbound", ["help"])
        self.act(-rng.randint(2, 9), "meeting", "both", ["cham"], "planned")
        self.find(34, "pricing", "")
        self.find(34, "qualification", "meddpicc.decision_process", value=2)
        self.find(34, "qualification", "meddpicc.paper_process", value=1)
        self.find(34, "attitude", "call", value=0.3)
        self.find(20, "attitude", "call", value=rng.uniform(0.1, 0.5))

    def act(self, days, kind, way, who, status="done", **more):
        self.acts.append(dict(days=days, type=kind, direction=way, who=who, status=status, **more))

    def find(self, days, kind, class_, **more):
        self.finds.append(dict(days=days, kind=kind, cls=class_, more=more))

    def silence(self, days, external_only=False):
        """Nothing (of theirs) in the last `days`."""
        theirs = ("meeting", "document_opened", "call")
        self.acts = [a for a in self.acts if a["days"] > days or a["days"] < 0 or
                     (external_only and a["type"] not in theirs and a["direction"] != "inbound")]

    def go_to(self, stage, days=2):
        order = [s[0] for s in STAGES]
        self.stages = [(self.created - k, s) for k, s in enumerate(order[:order.index(stage)])] + [(days, stage)]

    def records(self):
        n = self.name
        for k, p in self.people.items():
            yield dict(format="harken.contact/1", id=n + k, account="A" + n, **p)
        changes = [(self.created, "owner", self.owner)]
        changes += [(d, "stage", s) for d, s in self.stages]
        changes += [(d, "amount", "%d" % v) for d, v in self.amounts]
        changes += [(d, "close_date", on(v)) for d, v in self.closes]
        yield dict(format="harken.deal/1", id=n, name=n, account="A" + n, pipeline="main", created_at=ago(self.created),
                   history=[dict(at=ago(d), field=f, new=v) for d, f, v in sorted(changes, key=lambda c: -c[0])])
        for k, a in enumerate(self.acts):
            extra = {x: a[x] for x in ("cancelled_by",) if x in a}
            yield dict(format="harken.activity/1", id="%s-%d" % (n, k), at=ago(a["days"]), type=a["type"], direction=a["direction"],
                       status=a["status"], deal=n, contacts=[self.people[w]["email"] for w in a["who"]], **extra)
        for f in self.finds:
            yield dict(format="sim.finding/1", deal=n, at=ago(f["days"]), kind=f["kind"], **{"class": f["cls"]}, **f["more"])


# ---- plants: (change, what may fire with it); near misses: the same, but it must not ----

def w01(d, hit):
    d.silence(d.rng.randint(14, 30) if hit else 12.9)
    d.act(14 if hit else 13, "mail", "inbound", ["cham"])


def w02(d, hit):
    d.silence(11, external_only=True)
    d.acts = [a for a in d.acts if a["days"] > 11 or a["days"] < 0]
    d.act(11 if hit else 8.5, "mail", "inbound", ["cham"])
    for k in range(2):
        d.act(6 - 2 * k, "mail", "outbound", ["cham"])


def w03(d, hit):
    d.closes = [(d.created, -d.rng.randint(1, 30) if hit else 0)]


def w04(d, hit):
    d.go_to("offer")
    keep = ["cham", "boss"] if hit else ["cham", "boss", "user"]
    for a in d.acts:
        a["who"] = [w for w in a["who"] if w in keep] or ["cham"]


def w05(d, hit):
    d.go_to("offer")
    d.amounts = [(d.created, 150000 if hit else 90000)]
    d.people["boss"].update(seniority="manager", economic_buyer=False)


def w06(d, hit):
    d.go_to("offer" if hit else "look")
    d.finds = [f for f in d.finds if f["kind"] != "pricing"]


def w07(d, hit):
    d.find(5, "red_flag", d.rng.choice(["freeze", "layoffs", "chose_another"]), confidence=0.9 if hit else 0.7)


def w08(d, hit):
    d.stages[1] = (d.rng.uniform(14.1, 30) if hit else 13.9, "look")


def w09(d, hit):
    d.acts = [a for a in d.acts if a["status"] != "planned"]
    if not hit:
        d.find(3, "commitment", "", modality="COMMITTED", due=on(4))


def w10(d, hit):
    d.closes = [(d.created, 60), (30, 80), (10, 95)] if hit else [(d.created, 60), (10, 85)]


def w11(d, hit):
    d.closes = [(d.created, 14 if hit else 16)]  # half of the median of 30 days


def w12(d, hit):
    d.stages = [(d.created, "talk"), (20, "offer"), (3, "look")] if hit else [(d.created, "talk"), (20, "offer"), (9, "look"), (3, "offer")]


def w13(d, hit):
    d.amounts = [(d.created, 40000), (d.rng.randint(2, 20), 34000 if hit else 34400)]


def w14(d, hit):
    d.acts = [a for a in d.acts if a["days"] < 0 or a["days"] > 11 or a["type"] != "meeting"]
    for a in d.acts:
        if 0 < a["days"] < 11:
            a["who"] = [w for w in a["who"] if w != "cham"] or ["help"]
    if not hit:
        d.act(9, "mail", "inbound", ["cham"])


def w15(d, hit):
    if d.rng.random() < 0.5:
        d.act(4, "bounce", "inbound", ["cham" if hit else "user"])
    else:
        d.people["cham" if hit else "user"]["left"] = True


def w16(d, hit):
    d.go_to("haggle")
    d.finds = [f for f in d.finds if f["cls"] != "meddpicc.decision_process"]
    if not hit:
        d.find(9, "qualification", "meddpicc.decision_process", value=1)


def w17(d, hit):
    d.go_to("haggle", 6)
    d.find(3 if hit else 9, "competitor", "quantor")
    if not hit:
        d.find(3, "competitor", "quantor")


def w18(d, hit):
    d.finds = [f for f in d.finds if f["kind"] != "attitude"]
    d.find(34, "attitude", "call", value=0.4)
    d.find(8, "attitude", "call", value=0.05 if hit else 0.15)


def w19(d, hit):
    d.act(7 if hit else 2, "document_sent", "outbound", ["cham"])


def w20(d, hit):
    d.acts = [a for a in d.acts if a["status"] != "planned"]
    d.find(3, "commitment", "", modality="COMMITTED", due=on(4))
    d.act(6 if hit else 3, "meeting", "both", ["cham"], "cancelled", cancelled_by="external")


def w21(d, hit):
    d.acts = [a for a in d.acts if a["direction"] != "inbound" or a["days"] > 30]
    for k in range(5):
        d.act(2 + k, "mail", "outbound", ["cham"])
    d.act(1, "meeting", "both", ["cham", "user"])
    if not hit:
        for k in range(2):
            d.act(1 + k, "mail", "inbound", ["cham"])


def w22(d, hit):
    if d.rng.random() < 0.5:
        d.find(4, "conflict", "close_date", confidence=0.9, due=on(120 if hit else 80))
    else:
        d.find(4, "conflict", "amount", confidence=0.9, value=5000 if hit else 45000)


def w23(d, hit):
    d.closes = [(d.created, 29 if hit else 30)]
    d.finds = [f for f in d.finds if f["cls"] != "meddpicc.paper_process"]


def w24(d, hit):
    d.owner = "away@us.example" if hit else "new@us.example"


PLANTS = {"W01": (w01, "W14"), "W02": (w02, "W14"), "W03": (w03, "W11"), "W04": (w04, ""), "W05": (w05, ""), "W06": (w06, ""),
          "W07": (w07, ""), "W08": (w08, ""), "W09": (w09, ""), "W10": (w10, ""), "W11": (w11, ""), "W12": (w12, ""),
          "W13": (w13, ""), "W14": (w14, ""), "W15": (w15, ""), "W16": (w16, ""), "W17": (w17, ""), "W18": (w18, ""),
          "W19": (w19, ""), "W20": (w20, ""), "W21": (w21, ""), "W22": (w22, ""), "W23": (w23, ""), "W24": (w24, "")}


def history(k):
    """A won deal that needed 30 days from each stage; time in a stage 1 day, so that no factor counts."""
    n = "won%d" % k
    return dict(format="harken.deal/1", id=n, name=n, account="A" + n, pipeline="main", created_at=ago(200),
                history=[dict(at=ago(160), field="stage", new="talk")] +
                [dict(at=ago(159 - i), field="stage", new=s[0]) for i, s in enumerate(STAGES[1:])] +
                [dict(at=ago(128.5), field="stage", new="won"), dict(at=ago(160), field="amount", new="30000")])


def world():
    stages = [dict(id=n, order=k, phase=p, probability=q) for k, (n, p, q) in enumerate(STAGES, 1)]
    stages += [dict(id="won", order=5, outcome="won"), dict(id="lost", order=6, outcome="lost")]
    yield dict(format="harken.pipeline/1", id="main", currency="EUR", stages=stages)
    for name, more in (("rep", {}), ("away", dict(active=False, inactive_since=ago(8))), ("new", dict(active=False, inactive_since=ago(6)))):
        yield dict(format="harken.seller/1", id=name, email=name + "@us.example", **more)
    for k in range(6):
        yield history(k)


def cases():
    rng = random.Random(7)
    for k in range(EACH):
        yield Deal(rng, "healthy%d" % k), None, set(), None
    for w, (plant, may) in PLANTS.items():
        for k in range(EACH):
            for hit in (True, False):
                d = Deal(rng, "%s%s%d" % (w.lower(), "hit" if hit else "near", k))
                plant(d, hit)
                yield d, w if hit else None, set(may.split()), w


def run(build, data):
    tool, want, lines = pathlib.Path(build) / "src/analytics/harken_dealeval", {}, [json.dumps(r) for r in world()]
    for d, planted, may, about in cases():
        want[d.name] = (planted, may, about)
        lines += [json.dumps(r) for r in d.records()]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "planted.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        out = subprocess.run([str(tool), "state", str(path), NOW.isoformat()], check=True, capture_output=True, text=True).stdout
    planted = found = false = 0
    missed, wrong = {}, {}
    for line in out.splitlines():
        row = json.loads(line)
        if row["deal"] not in want:
            continue
        fired = {w["id"] for w in row["warnings"]}
        plant, may, about = want[row["deal"]]
        if plant:
            planted += 1
            found += plant in fired
            if plant not in fired:
                missed[plant] = missed.get(plant, 0) + 1
        for w in fired - may - ({plant} if plant else set()):
            false += 1
            wrong["%s in %s" % (w, row["deal"].rstrip("0123456789"))] = wrong.get("%s in %s" % (w, row["deal"].rstrip("0123456789")), 0) + 1
    note = "%d deals" % len(want)
    if missed or wrong:
        note += "; missed %r; false %r" % (missed, wrong)
    return [dict(id="warnings-recall", what="planted warnings found, all 24", figure=found / planted, unit="1", goal=1, ok=found == planted,
                 note=note),
            dict(id="warnings-false", what="warnings that nobody planted", figure=false, unit="1", goal=0, ok=false == 0, note=note)]


if __name__ == "__main__":
    import sys
    print(json.dumps(run(sys.argv[1], None), indent=1))
