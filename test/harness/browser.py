"""A real browser for tests of pages: Chromium without a window, spoken to over a pipe by its DevTools protocol.

    with browser.Browser() as b:
        page = b.page(f"{server.address()}/graphiql", cookies=...)
        page.wait("document.querySelector('button')")
        page.js("document.title")
        page.violations, page.addresses     what the page's policy stopped, and every address that was asked for

Only the standard library. Each browser has a profile of its own, which goes with it.
"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time
import urllib.parse

REPLY_S = 60


class Failure(AssertionError):
    pass


class Browser:
    def __init__(self, size=(1280, 800)):
        self.profile = tempfile.mkdtemp(prefix="harken-browser-")
        to_read, self.to = os.pipe()
        self.fro, to_write = os.pipe()
        exe = shutil.which("chromium")
        if not exe:
            raise Failure("there is no chromium here: tools/setup/apt.txt names it")
        # Chromium reads from descriptor 3 and writes to 4.
        self.child = subprocess.Popen(["sh", "-c", f'exec 3<&{to_read} 4>&{to_write}; exec "$@"', "sh", exe, "--headless=new", "--no-sandbox", "--disable-gpu",
                                       "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run", "--remote-debugging-pipe",
                                       f"--user-data-dir={self.profile}", f"--window-size={size[0]},{size[1]}", "about:blank"],
                                      pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.serial, self.rest, self.pages = 0, b"", {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except (Failure, OSError):
            pass
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.to)
        os.close(self.fro)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self, until):
        """The next message of the browser; None when the time is up."""
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.fro], [], [], max(0, until - time.monotonic()))
            if not ready:
                return None
            got = os.read(self.fro, 1 << 20)
            if not got:
                raise Failure("the browser ended")
            self.rest += got
        one, _, self.rest = self.rest.partition(b"\0")
        return json.loads(one)

    def hear(self, message):
        page = self.pages.get(message.get("sessionId"))
        if page and "method" in message:
            page.hear(message["method"], message["params"])

    def call(self, method, session=None, **params):
        self.serial += 1
        mine = self.serial
        said = {"id": mine, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.to, json.dumps(said).encode() + b"\0")
        until = time.monotonic() + REPLY_S
        while message := self.message(until):
            if message.get("id") == mine:
                if "error" in message:
                    raise Failure(f"{method}: {message['error']['message']}")
                return message["result"]
            self.hear(message)
        raise Failure(f"{method}: no answer in {REPLY_S} s")

    def page(self, address, cookies=()):
        """Opens an address; cookies are {"name", "value"} and whatever else Network.setCookie takes."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            page.call(f"{domain}.enable")
        for cookie in cookies:
            page.call("Network.setCookie", url=address, **cookie)
        page.call("Page.navigate", url=address)
        page.wait("document.readyState === 'complete'")
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        self.violations, self.addresses, self.errors = [], [], []

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def hear(self, method, params):
        if method == "Network.requestWillBeSent":
            self.addresses.append(params["request"]["url"])
        elif method == "Audits.issueAdded" and params["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.violations.append(params["issue"]["details"]["contentSecurityPolicyIssueDetails"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(params["exceptionDetails"].get("exception", {}).get("description") or params["exceptionDetails"]["text"])

    def js(self, expression):
        """The value of an expression of JavaScript, a promise's once it is kept."""
        said = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise Failure(f"{expression}: {said['exceptionDetails'].get('exception', {}).get('description', said['exceptionDetails']['text'])}")
        return said["result"].get("value")

    def wait(self, expression, timeout_s=60):
        """Until the expression is true."""
        until = time.monotonic() + timeout_s
        while not self.js(f"Boolean({expression})"):
            if time.monotonic() > until:
                raise Failure(f"waited {timeout_s} s for {expression}; the page says {self.js('document.body.innerText')[:500]!r}, {self.errors[:3]}")
            time.sleep(0.05)

    def click(self, selector):
        self.wait(f"document.querySelector({json.dumps(selector)})")
        x, y = self.js(f"(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def key(self, name, code, modifiers=0):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code, modifiers=modifiers)

    def foreign(self, address):
        """What was asked for from anywhere but this server."""
        home = urllib.parse.urlsplit(address).netloc
        return [a for a in self.addresses if urllib.parse.urlsplit(a).netloc != home and urllib.parse.urlsplit(a).scheme in ("http", "https", "ws", "wss")]

    def picture(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
