"""GraphiQL at /graphiql, in a real browser: it asks in the name of who is signed in, and its page's policy has nothing to stop."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import browser
import company
import harken

QUERY = "{ interactions(first: 3) { nodes { title participants { name } } } }"
RESULT = "[...document.querySelectorAll('.result-window .CodeMirror-line')].map(l => l.textContent).join('\\n')"
RUN = "button.graphiql-execute-button"


class Graphiql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        op = company.operator(cls.server)
        cls.user = op.json("POST", "/v1/users", {"email": company.address("ann"), "name": "Ann", "roles": ["rep", "revops"]})["id"]
        mail = company.mail("ann", "outsider", word="canaryannword", subject="Price of the pilot")
        op.json("POST", "/v1/users", {"email": company.address("eve"), "name": "Eve", "roles": ["rep"]})
        for sender, message in (("ann", mail), ("eve", company.mail("eve", "stranger", word="canaryeveword"))):
            reply = op.ask("POST", f"/v1/uploads?source={sender}.eml", message)
            assert reply.status in (200, 202), reply
        cls.op = op
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.__exit__)

    def signed_in(self):
        """GraphiQL in a browser that came in by a sign-in link."""
        link = self.op.json("POST", f"/v1/users/{self.user}/link", {})["url"]
        path = link[link.index("/sign-in"):]
        self.browser.page(self.server.address() + path)
        return self.browser.page(f"{self.server.address()}/graphiql")

    def clean(self, page):
        self.assertEqual(page.violations, [])
        self.assertEqual(page.foreign(self.server.address()), [])
        self.assertEqual(page.errors, [])

    def write(self, page, query):
        page.wait("document.querySelector('.graphiql-query-editor .CodeMirror')")
        page.js(f"document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue({query!r})")

    def test_a_query_runs_and_shows_its_data(self):
        page = self.signed_in()
        self.write(page, QUERY)
        page.click(RUN)
        page.wait(f"({RESULT}).includes('canaryannword')")
        shown = page.js(RESULT)
        self.assertIn("Price of the pilot", shown)
        self.assertNotIn("canaryeveword", shown)  # a conversation of somebody else
        self.assertNotIn("errors", shown)
        if os.environ.get("HARKEN_TEST_PICTURES"):
            page.picture(pathlib.Path(os.environ["HARKEN_TEST_PICTURES"]) / "graphiql.png")
        self.clean(page)

    def test_the_first_query_is_a_good_one(self):
        page = self.signed_in()
        page.click(RUN)
        page.wait(f"({RESULT}).includes('\"data\"')")
        self.assertNotIn("errors", page.js(RESULT))
        self.clean(page)

    def test_the_schema_is_shown(self):
        page = self.signed_in()
        page.click('button[aria-label="Show Documentation Explorer"]')
        page.wait("document.body.innerText.includes('Query')")
        page.wait("[...document.querySelectorAll('.graphiql-doc-explorer a')].some(a => a.textContent === 'Query')")
        self.clean(page)

    def test_a_dialog_may_have_its_style(self):
        page = self.signed_in()
        page.click('button[aria-label="Open short keys dialog"]')
        page.wait("document.querySelector('.graphiql-dialog')")
        self.clean(page)

    def test_who_is_not_signed_in_is_told(self):
        with browser.Browser() as other:
            page = other.page(f"{self.server.address()}/graphiql")
            self.write(page, QUERY)
            page.click(RUN)
            page.wait("!document.getElementById('notice').hidden")
            self.assertNotIn("canary", page.js("document.body.innerText"))
            self.assertEqual(page.foreign(self.server.address()), [])

    def test_each_reply_has_a_nonce_of_its_own(self):
        def get():
            reply = self.server.http("GET", "/graphiql", token=None)
            self.assertEqual((reply.status, reply.headers["content-type"]), (200, "text/html; charset=utf-8"))
            policy = reply.headers["content-security-policy"]
            nonce = policy.partition("'nonce-")[2].partition("'")[0]
            self.assertGreaterEqual(len(nonce), 32)
            self.assertIn(f'content="{nonce}"'.encode(), reply.body)
            self.assertNotIn("unsafe", policy)
            self.assertNotIn(b"<script>", reply.body)
            self.assertIn("script-src 'self';", policy)
            return nonce

        self.assertNotEqual(get(), get())


if __name__ == "__main__":
    unittest.main()
