"""Runs the real program for tests: a server on a data folder of its own, its commands, its processes.

    with harken.Server() as server:
        server.ingest("calls/", wait=True)
        hits = server.json("search", "--json", "pilot price")["hits"]

Only the standard library. The binary is build/harken, or that of HARKEN_BUILD_DIR. Everything a server starts is a
descendant of this process, so that a test runner can end it all.
"""
import collections
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parents[2]
DEPS = pathlib.Path(os.environ.get("HARKEN_DEPS", TOP / ".deps"))
START_S, STOP_S, COMMAND_S = 90, 60, 240

Result = collections.namedtuple("Result", "code out err")
Reply = collections.namedtuple("Reply", "status headers body")


class Failure(AssertionError):
    pass


class Headers(dict):
    """Fields of a reply by lower-case name; of several with one name the last, and all of them with all()."""

    def __init__(self, pairs):
        super().__init__((name.lower(), value) for name, value in pairs)
        self.pairs = [(name.lower(), value) for name, value in pairs]

    def all(self, name):
        return [value for known, value in self.pairs if known == name]


def binary():
    return pathlib.Path(os.environ.get("HARKEN_BUILD_DIR", TOP / "build")) / os.environ.get("HARKEN_BINARY", "harken")


def environment(home, more=None):
    """Ours without any setting of Harken's own, so that the machine's configuration cannot change a test."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("HARKEN_") or k == "HARKEN_DEPS"}
    return env | {"HARKEN_HOME": str(home)} | (more or {})


def command(home, *args, stdin=None, cwd=None, timeout=COMMAND_S, env=None):
    """Runs `harken ARGS...` against a data folder; text in, text out."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([str(binary()), *(a if isinstance(a, bytes) else str(a) for a in args)], input=data if data is not None else b"", cwd=cwd,
                          capture_output=True, env=environment(home, env), timeout=timeout)
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace"))


def wait_for(what, condition, timeout_s=60, pause_s=0.02):
    """The first truthy value of condition(); fails with `what` when it takes too long."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {timeout_s} s for {what}")
        time.sleep(pause_s)


class Server:
    """`harken serve` on a temporary data folder (or `home`, which is then left in place)."""

    def __init__(self, *args, home=None, samples=False, env=None, trust=None):
        self.trust = trust  # PEM file with what https is checked against; None: the server's own authority
        self.own_home = home is None
        # A path of its own inside the temporary folder: the server makes its data folder itself.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="harken-test-")) if self.own_home else None
        self.home = pathlib.Path(home) if home else self.root / "home"
        self.args = list(args) + ([] if samples else ["--no-samples"])
        self.env = env
        self.child = None
        self.checker = None
        self.front = None
        self.kept = None  # a Wire: connections are kept between requests
        logs = self.root or self.home.parent
        self.out_path, self.log_path = logs / f"{self.home.name}.out", logs / f"{self.home.name}.log"

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.discard()
            raise

    def __exit__(self, *_):
        self.discard()

    # ---- its life ----

    def spawn(self):
        with open(self.out_path, "ab") as out, open(self.log_path, "ab") as log:
            self.child = subprocess.Popen([str(binary()), "serve", "--listen=127.0.0.1:0", *self.args],
                                          stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                          env=environment(self.home, self.env))
        return self

    def start(self, timeout_s=START_S):
        """Returns when the server says it is ready; sets started_s."""
        start = time.monotonic()
        if self.checker:
            self.checker.end()
        self.front_end()
        self.spawn()
        wait_for("the server to be ready", self.is_ready, timeout_s)
        self.started_s = time.monotonic() - start
        self.checker = Checker(self.address()) if os.environ.get("HARKEN_PRISM") and self.address().startswith("http:") else None
        if os.environ.get("HARKEN_WAF") and self.address().startswith("http:"):
            import front

            self.front = front.Front(self.address(), os.environ["HARKEN_WAF"])
            wait_for("nginx", self.front.listens, 60, 0.1)
        return self

    def front_end(self):
        if self.front:
            self.front.end()
        self.front = None

    def is_ready(self):
        if self.child.poll() is not None:
            raise Failure(f"the server ended with {self.child.returncode}:\n{self.log()[-3000:]}")
        try:
            return self.address() and self.http("GET", "/readyz", token=None).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self, sig=signal.SIGINT):
        """Asks the server to end and returns its exit status."""
        self.child.send_signal(sig)
        try:
            return self.child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"still running {STOP_S} s after the signal:\n{self.log()[-2000:]}")

    def kill(self):
        """kill -9 of the main process only; what it started has to notice by itself."""
        self.child.kill()
        self.child.wait()

    def running(self):
        return self.child is not None and self.child.poll() is None

    def discard(self):
        if self.checker:
            self.checker.end()
        self.front_end()
        if self.running():
            self.child.send_signal(signal.SIGINT)
            try:
                self.child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.own_home and not os.environ.get("HARKEN_TEST_KEEP"):
            shutil.rmtree(self.root, ignore_errors=True)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_rows(self):
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def banner(self):
        return self.out_path.read_text(errors="replace")

    # ---- what users do ----

    def run(self, *args, stdin=None, cwd=None, timeout=COMMAND_S):
        return command(self.home, *args, stdin=stdin, cwd=cwd, timeout=timeout)

    def ok(self, *args, **more):
        """The output of a command that must succeed."""
        done = self.run(*args, **more)
        if done.code != 0:
            raise Failure(f"harken {' '.join(map(str, args))}: exit status {done.code}\n{done.out[-2000:]}{done.err[-2000:]}")
        return done.out

    def json(self, *args, **more):
        return json.loads(self.ok(*args, **more))

    def ingest(self, *paths, wait=True, ok=True, **more):
        """`ingest --json`; with ok=False failures are part of the answer."""
        done = self.run("ingest", "--json", *(["--wait"] if wait else []), *paths, **more)
        if not done.out.strip() or (ok and done.code != 0):
            raise Failure(f"ingest: exit status {done.code}\n{done.out[-2000:]}{done.err[-2000:]}")
        return json.loads(done.out)

    def show(self, path):
        return self.json("show", "--json", path)

    def search(self, query, *args):
        return self.json("search", "--json", *args, query)["hits"]

    def ask(self, question, *args):
        return self.json("ask", "--json", *args, question)

    def status(self):
        return self.json("status", "--json")

    # ---- over HTTP ----

    def address(self):
        if self.front:
            return self.front.address
        try:
            return (self.home / "run" / "address").read_text().strip()
        except FileNotFoundError:
            return ""

    def authority(self):
        """The certificate that the server's own is checked against."""
        return str(self.trust or self.home / "keys/tls/ca.pem")

    def token(self):
        return (self.home / "run" / "token").read_text().strip()

    def http(self, method, path, body=None, headers=None, token="own", timeout=60, head_only=False):
        """One exchange; `token` is the command line's own, another, or None. `body` not bytes is sent as JSON."""
        where = urllib.parse.urlsplit(self.address())
        headers = dict(headers or {})
        if token:
            headers.setdefault("Authorization", f"Bearer {self.token() if token == 'own' else token}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        if self.kept and where.scheme == "http" and not self.checker and not head_only:
            return self.kept.exchange(where, method, path, body, headers, timeout)
        if where.scheme == "https":
            trust = ssl.create_default_context(cafile=self.authority())
            connection = http.client.HTTPSConnection(where.hostname, where.port, timeout=timeout, context=trust)
        else:
            connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
        if self.checker and path.startswith("/v1/") and "\0" not in path:
            reply = self.checker.exchange(method, path, body, headers, timeout)
            if reply:
                return reply
        try:
            connection.request(method, path, body=body, headers=headers)
            reply = connection.getresponse()
            return Reply(reply.status, Headers(reply.getheaders()), b"" if head_only and reply.status == 200 else reply.read())
        finally:
            connection.close()

    # ---- its processes ----

    def processes(self):
        """{role: [pid]} of what runs now: core, engine, nursery, parser, postgres, backend."""
        found = collections.defaultdict(list)
        if self.running():
            found["core"].append(self.child.pid)
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    stat = pathlib.Path("/proc", entry, "stat").read_text()
                    parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
                except (OSError, ValueError, IndexError):
                    continue  # gone meanwhile
        children = collections.defaultdict(list)
        for pid, parent in parents.items():
            children[parent].append(pid)
        todo = list(children[self.child.pid]) if self.child else []
        while todo:
            pid = todo.pop()
            todo += children[pid]
            role = role_of(pid, parents.get(pid) in found["nursery"], parents.get(pid) in found["postgres"])
            if role:
                found[role].append(pid)
        return {role: pids for role, pids in found.items() if pids}


class Wire:
    """A connection for each thread that is kept from one request to the next, for tests that ask thousands of times. Read by hand: the
    library's reader of heads costs more than the server."""

    def __init__(self):
        self.mine = threading.local()

    def exchange(self, where, method, path, body, headers, timeout):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {where.netloc}", *(f"{name}: {value}" for name, value in headers.items())]
        if body is not None or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body or b'')}")
        message = "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
        stream = getattr(self.mine, "stream", None)
        if stream and self.mine.netloc == where.netloc:
            try:
                return self.ask(stream, message, method)
            except (ConnectionError, EOFError):  # it was closed meanwhile; a server answers before it closes
                pass
        self.close()
        self.mine.netloc, line = where.netloc, socket.create_connection((where.hostname, where.port), timeout)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.mine.stream = line.makefile("rwb")
        line.close()  # it lives on in its file
        return self.ask(self.mine.stream, message, method)

    def close(self):
        if getattr(self.mine, "stream", None):
            try:
                self.mine.stream.close()
            except OSError:
                pass
        self.mine.stream = None

    def ask(self, stream, message, method):
        stream.write(message)
        stream.flush()
        first = stream.readline()
        if not first:
            raise EOFError
        pairs = []
        while (line := stream.readline().rstrip(b"\r\n")):
            name, _, value = line.decode("latin-1").partition(":")
            pairs.append((name, value.strip()))
        headers, status = Headers(pairs), int(first.split()[1])
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b""
            while (n := int(stream.readline().split(b";")[0], 16)):
                body += stream.read(n)
                stream.readline()
            stream.readline()
        else:
            body = stream.read(int(headers["content-length"])) if "content-length" in headers else stream.read()
        if headers.get("connection") == "close" or ("content-length" not in headers and "transfer-encoding" not in headers and status not in (204, 304)):
            self.close()
        return Reply(status, headers, body)


class Checker:
    """Prism between a test and the server (`make judges`): it compares each answer with the API's description. What it finds
    goes to the file HARKEN_PRISM_LOG, a line for an answer that is as described, other lines for what is not."""

    def __init__(self, upstream):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.child = subprocess.Popen([os.environ["HARKEN_PRISM"], "proxy", os.environ["HARKEN_PRISM_DESCRIPTION"], upstream, "--host", "127.0.0.1",
                                       "--port", str(self.port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("Prism", self.listens, 120, 0.1)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self):
        self.child.terminate()
        self.child.wait()

    def exchange(self, method, path, body, headers, timeout):
        """None when Prism has no opinion: an address that is not described, or a request it cannot pass on."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers | {"Accept-Encoding": "identity"})
            reply = connection.getresponse()
            result = Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if b"stoplight.io/prism/errors" in result.body[:300]:
            return None
        found = json.loads(result.headers.pop("sl-violations", "[]"))
        wrong = [f"{method} {path.split('?')[0]} {result.status}: {'/'.join(map(str, v['location']))}: {v['message']}"
                 for v in found if v["location"][0] == "response" and v["severity"] == "Error"]
        with open(os.environ["HARKEN_PRISM_LOG"], "a", encoding="utf-8") as log:
            log.write("\n".join(wrong or [f"checked {method} {path.split('?')[0]} {result.status}"]) + "\n")
        return result


def role_of(pid, child_of_nursery, child_of_postgres):
    try:
        words = pathlib.Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    line = b" ".join(words)
    if child_of_nursery:
        return "parser"
    if child_of_postgres or line.startswith(b"postgres: "):
        return "backend" if b"harken_" in line else "helper"
    if len(words) > 1 and words[1] == b"engine":
        return "engine"
    if len(words) > 1 and words[1] == b"parser":
        return "nursery"
    if words and words[0].endswith(b"/postgres"):
        return "postgres"
    return None


def span_bytes(shown, span):
    """The words a span points at, in what `show --json` printed."""
    text = shown["turns"][span["turn"]]["text"].encode()
    piece = text[span["start"]:span["end"]]
    return piece.decode()  # a span that cuts a character in two fails here
