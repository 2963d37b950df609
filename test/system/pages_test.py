"""The pages for coaching and analytics in a real browser: figures are those of the API, each opens to what it rests on, and nobody sees more than theirs."""
import json
import os
import pathlib
import sys
import unittest
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "test/harness"), str(TOP / "test/system")]
import browser
import coaching_test
import company
import files
import harken

PERIOD = "from=2026-01-01&to=2027-01-01"
LINES = "[...document.querySelectorAll('details.figure > summary')].map(s => [...s.children].map(c => c.textContent))"
PHONE, DESKTOP = (390, 844), (1280, 900)
CONTRAST = """(() => { const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const [x, y] = [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('%s')).color].map(light);
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); })()"""


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=northwind-robotics.example,northwind.example")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(coaching_test.COMPANY / "crm/crm.jsonl")
        for name, text in coaching_test.calls_of_reps().items():
            files.write(cls.server.root, f"reps/{name}", text)
        talk = {"format": "harken.interaction/1", "kind": "call", "title": "Shared call", "started_at": "2026-10-10T10:00:00Z",
                "participants": [{"name": "Ann Person", "email": company.address("ann"), "side": "internal"}, {"name": "Bob Person", "email": company.address("bob"), "side": "internal"}],
                "turns": [{"speaker": n, "start_ms": 60000 * i, "end_ms": 60000 * i + 50000, "text": f"What is it like in hall {i}?"} for i, n in enumerate(["Ann Person", "Bob Person"])]}
        files.write(cls.server.root, "reps/shared.json", json.dumps(talk))
        cls.server.ingest(cls.server.root / "reps")
        harken.wait_for("the findings", lambda: not cls.server.status()["pending"], 180, 0.3)
        cls.company = company.Company(cls.server)
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.__exit__)

    def page(self, name, route, size=DESKTOP, scheme="light", ready="document.querySelector('main h2')"):
        """A page as somebody sees it; name None: the operator."""
        if name:
            link = self.company.op.json("POST", f"/v1/users/{self.company.users[name]}/link", {})["url"]
        else:
            link = next(w for w in self.server.run("status", "--link").out.split() if "token=" in w)
        self.browser.page(self.server.address() + link[link.index("/sign-in"):])
        page = self.browser.page("about:blank")
        page.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=size[0] < 600)
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        page.call("Page.navigate", url=f"{self.server.address()}/{route}")
        page.wait(ready)
        return page

    def clean(self, page):
        self.assertEqual((page.violations, page.foreign(self.server.address()), page.errors), ([], [], []))

    def figures(self, path):
        return self.company.op.json("GET", path)["figures"]

    def text(self, page, selector="main"):
        return page.js(f"document.querySelector({selector!r}).innerText")

    def open(self, page, begins):
        """Opens the figure whose name begins so, and gives the text inside it."""
        box = f"[...document.querySelectorAll('details.figure')].find(d => d.querySelector('strong').textContent.startsWith({begins!r}))"
        page.js(f"{box}.querySelector('summary').click()")
        page.wait(f"{box}.querySelector('.opened') && !{box}.querySelector('.opened').innerText.includes('Looking')")
        return page.js(f"{box}.querySelector('.opened').innerText"), box

    def test_the_team_is_shown_as_the_api_counts_it_and_opens_to_its_people(self):
        page = self.page(None, f"#/coaching?{PERIOD}")
        figures = self.figures(f"/v1/analytics/coaching?{PERIOD}")
        reps = {f["name"]: f for f in figures if f["rep"] and f["id"] == "talk_ratio"}
        team = next(f for f in figures if not f["rep"] and f["id"] == "talk_ratio")
        self.assertIn(f"the team ({len(reps)})", self.text(page, "main h2"))
        row = next(r for r in page.js(LINES) if r[0] == "Share of our side's talk")
        self.assertEqual((row[1], row[3]), (f"{round(100 * team['value'])} %", f"n {team['n']}"))
        inside, box = self.open(page, "Share of our side's talk")
        self.assertIn("30 s of their talk or more", inside)
        shown = page.js(f"[...{box}.querySelectorAll('tr')].map(r => r.innerText)")
        self.assertEqual(len(shown), len(reps))
        best = max((f for f in reps.values() if f["value"] is not None), key=lambda f: f["value"])
        self.assertIn(best["name"], shown[0])
        hidden = [n for n, f in reps.items() if f["value"] is None]
        self.assertTrue(hidden and all(any(n in line and ("5 are needed" in line or "nothing to count" in line) for line in shown) for n in hidden))
        self.clean(page)

    def test_what_was_counted_opens(self):
        page = self.page(None, "#/ask/how%20many%20deals%20are%20open", ready="document.querySelector('main .card a')")
        said = self.company.op.json("POST", "/v1/ask", {"question": "how many deals are open"})
        self.assertIn(f"{said['count']} deals", self.text(page))
        self.assertNotIn("Quoted", self.text(page))
        page.js("document.querySelector('main .card a').click()")
        page.wait(f"document.querySelector('main h2') && document.querySelector('main h2').innerText.includes({said['rows'][0]['title']!r})")
        self.clean(page)

    def test_a_persons_figure_opens_to_definition_calls_and_words(self):
        rep = next(f["rep"] for f in self.figures(f"/v1/analytics/coaching?{PERIOD}") if f["name"] == "Ada Quist")
        page = self.page(None, f"#/coaching?{PERIOD}&rep={rep}")
        self.assertEqual(self.text(page, "main h2"), "Coaching: Ada Quist")
        said = next(f for f in self.figures(f"/v1/analytics/coaching/explain?{PERIOD}&rep={rep}&figure=questions") if f["rep"] == rep)
        row = next(r for r in page.js(LINES) if r[0] == "Questions")
        self.assertEqual(row[1], f"{said['value']:g}")
        self.assertIn("percentile", row[3])
        inside, box = self.open(page, "Questions")
        self.assertIn("Definition 1", inside)
        self.assertIn(f"Made of {len(said['inputs'])} calls", inside)
        page.js(f"{box}.querySelector('.input > summary').click()")
        page.wait(f"{box}.querySelector('.input .opened a')")
        self.assertIn("Here: 1", page.js(f"{box}.querySelector('.input .opened').innerText"))
        href = page.js(f"{box}.querySelector('.input .opened a').getAttribute('href')")
        self.assertIn(href[4:40], said["inputs"])
        page.js(f"{box}.querySelector('.input .opened a').click()")
        page.wait("document.querySelector('.turn')")
        if "?" in href:
            self.assertIn("What would change for you", page.js("document.querySelector('mark').textContent"))
        self.clean(page)

    def test_what_is_too_little_or_not_there_says_so(self):
        page = self.page(None, "#/coaching?from=2026-10-10&to=2026-10-11")
        self.assertIn("without a value, and why", self.text(page))
        self.assertFalse([r for r in page.js(LINES) if "talk" in r[0].lower() and "%" in r[1]])
        page.js("document.querySelectorAll('details.without').forEach(d => { d.open = true; })")
        self.assertIn("nothing that comes in says so", self.text(page))
        page.js("location.hash = '#/coaching?from=2020-01-01&to=2020-04-01'")
        page.wait("document.querySelector('main').innerText.includes('2020')")
        self.assertNotIn("Looking", self.text(page))
        page.js("location.hash = '#/analytics?from=2020-01-01&to=2020-04-01'")
        page.wait("document.querySelector('main h2')?.textContent === 'Analytics'")
        self.assertIn("nothing to count in this period", page.js("document.querySelector('main').textContent"))
        self.clean(page)

    def test_a_rep_sees_only_their_own_view(self):
        page = self.page("ann", f"#/coaching?{PERIOD}")
        self.assertEqual(self.text(page, "main h2"), "Coaching: Ann Person")
        shown = page.js("document.querySelector('main').textContent")
        for other in ("Bob Person", *coaching_test.REPS):
            self.assertNotIn(other, shown)
        page = self.page("eve", f"#/coaching?{PERIOD}")
        self.assertIn("Nobody of yours was in a call", self.text(page))
        self.clean(page)

    def test_the_waterfall_balances_and_figures_open_to_their_deals(self):
        page = self.page(None, f"#/analytics?{PERIOD}")
        figures = self.figures(f"/v1/analytics?{PERIOD}")
        self.assertIn("is the closing value to the cent", self.text(page, "#balance"))
        value = {f["part"]: int(f["value"].replace(".", "")) for f in figures if f["id"] == "waterfall"}
        self.assertEqual(value["opening"] + value["created"] + value["increased"] + value["moved_in"] - value["decreased"] - value["won"] - value["lost"] - value["moved_out"], value["closing"])
        win = next(f for f in figures if f["id"] == "win_rate")
        row = next(r for r in page.js(LINES) if r[0] == "Win rate")
        self.assertEqual(row[1:], [f"{round(100 * win['value'])} %", f"{round(100 * win['low'])} % to {round(100 * win['high'])} %", f"n {win['n']}"])
        inside, box = self.open(page, "Win rate")
        self.assertIn("Wilson interval", inside)
        self.assertEqual(page.js(f"{box}.querySelectorAll('.inputs li').length"), win["n"])
        inside, _ = self.open(page, "Stage conversion")
        self.assertIn("Kaplan-Meier", inside)
        self.assertNotIn("stage 1", self.text(page))  # stages have names
        self.clean(page)

    def test_every_analytics_figure_rests_on_the_deals_it_counts(self):
        seen = {}
        for f in self.figures(f"/v1/analytics?{PERIOD}"):
            if f["id"] in seen:
                continue
            seen[f["id"]] = self.figures(f"/v1/analytics/explain?{PERIOD}&figure={f['id']}")
            for one in seen[f["id"]]:
                with self.subTest(figure=one["id"], part=one.get("part")):
                    self.assertEqual(bool(one["inputs"]), one["n"] > 0 or (one["id"] in ("coverage",) and bool(one["inputs"])))
                    self.assertEqual(len(set(one["inputs"])), len(one["inputs"]))
        for name in ("win_rate", "won_count", "hygiene", "weighted_pipeline", "stage_conversion"):
            for one in seen[name]:
                self.assertEqual(len(one["inputs"]), one["n"])

    def test_exports_are_the_figures_shown(self):
        page = self.page(None, f"#/analytics?{PERIOD}")
        got = page.js("fetch([...document.querySelectorAll('main a')].find(a => a.textContent === 'CSV').href).then(r => r.text())")
        self.assertEqual(len(got.strip().splitlines()) - 1, len(self.figures(f"/v1/analytics?{PERIOD}")))
        self.assertTrue(got.splitlines()[0].startswith("id,part"))

    def test_it_works_by_keyboard_alone(self):
        page = self.page(None, "")
        page.wait("document.querySelectorAll('#rows a').length")
        page.key("a", 65)
        page.wait("document.querySelectorAll('details.figure').length")
        page.key("j", 74)
        page.key("j", 74)
        page.key("k", 75)
        at = "document.activeElement.parentNode"
        self.assertEqual(page.js(f"[...document.querySelectorAll('details.figure')].indexOf({at})"), 0)
        page.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
        page.call("Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter", windowsVirtualKeyCode=13)
        page.wait(f"{at}.open && {at}.querySelector('.opened p')")
        page.key("c", 67)
        page.wait("document.querySelector('main h2')?.textContent.startsWith('Coaching')")
        page.key("Escape", 27)
        page.wait("document.querySelector('main h2')?.textContent === 'Conversations'")
        self.clean(page)

    def test_it_says_what_it_waits_for_and_what_failed(self):
        page = self.page(None, f"#/analytics?{PERIOD}")
        page.call("Network.emulateNetworkConditions", offline=False, latency=700, downloadThroughput=-1, uploadThroughput=-1)
        page.js(f"location.hash = '#/coaching?{PERIOD}'")
        page.wait("document.querySelector('main').innerText.includes('Looking')")
        page.wait("document.querySelectorAll('details.figure').length")
        page.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        inside, box = self.open(page, "Share of our side's talk")
        self.assertIn("could not be loaded", inside)
        page.call("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        page.js(f"{box}.open = false")
        page.wait(f"!{box}.querySelector('.opened')")
        self.assertIn("Definition", self.open(page, "Share of our side's talk")[0])
        page.js("location.hash = '#/analytics?from=2027-01-01&to=2026-01-01'")
        page.wait("document.querySelector('main').innerText.includes('That did not work')")
        self.assertIn("must be after", self.text(page))

    def test_it_fits_a_phone_and_both_schemes(self):
        for scheme in ("light", "dark"):
            for size in (PHONE, DESKTOP):
                for route in ("coaching", "analytics"):
                    with self.subTest(scheme=scheme, size=size, route=route):
                        page = self.page(None, f"#/{route}?{PERIOD}", size, scheme, "document.querySelectorAll('details.figure').length")
                        self.open(page, {"coaching": "Share of our side's talk", "analytics": "Win rate"}[route])
                        self.assertLessEqual(page.js("document.documentElement.scrollWidth"), size[0])
                        for what in ("main h2", "main .soft", "main .figure .n", "main a"):
                            self.assertGreaterEqual(page.js(CONTRAST % what), 4.5, what)
                        if os.environ.get("HARKEN_TEST_PICTURES"):
                            page.picture(pathlib.Path(os.environ["HARKEN_TEST_PICTURES"]) / f"{route}-{size[0]}-{scheme}.png")

    def test_comments_requests_and_links_are_kept_and_counted(self):
        call = next(i["id"] for i in self.company.op.json("GET", "/v1/interactions?kind=call&limit=1000&fields=id,title")["interactions"] if i["title"] == "Shared call")
        page = self.page("ann", f"#/c/{call}?0.0.4", ready="document.querySelector('.turn')")
        page.js("[...document.querySelectorAll('main summary')].find(s => s.textContent.startsWith('Comments')).click()")
        button = "[...document.querySelectorAll('main button')].find(b => b.textContent === '{}')"
        for said, name in (("I should have let them speak.", "Comment"), ("How would you have opened?", "Ask for feedback")):
            page.js(f"document.querySelector('textarea').value = {said!r}")
            page.js(button.format(name) + ".click()")
            page.wait(f"document.querySelector('main').innerText.includes({said!r}) && document.querySelector('textarea').value === ''")
        for _ in range(2):  # the same call twice is one call
            page.js(button.format("Copy a link") + ".click()")
            page.wait("document.querySelector('[role=status].soft').textContent.includes('link')")
        harken.wait_for("the shares", lambda: len(self.company.op.json("GET", f"/v1/interactions/{call}/comments")["comments"]) == 4, 20, 0.1)
        kinds = [(c["kind"], c.get("turn")) for c in self.company.sessions["ann"].json("GET", f"/v1/interactions/{call}/comments")["comments"]]
        self.assertEqual(kinds, [("comment", 0), ("request", 0), ("share", 0), ("share", 0)])
        have = {f["id"]: f["value"] for f in self.figures(f"/v1/analytics/coaching?from=2026-01-01&to=2030-01-01&rep={urllib.parse.quote('Ann Person')}")}
        self.assertEqual((have["comments_given"], have["feedback_requested"], have["calls_shared"]), (1, 1, 1))
        self.clean(page)


if __name__ == "__main__":
    unittest.main()
