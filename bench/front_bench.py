"""The whole front door under load: rows for bench/run.

    gateway-over-nginx       authenticated JSON reply against nginx's fixed reply of the same size
    gateway-p99-over-p50     at half of what it can do; on a machine that does other things start it with real-time priority, which all
                             that is measured inherits (chrt -r 10 bench/run --only front)
    hook-ack-p99             how long a signed message waits for its acknowledgement: sealed, queued, committed
    sse-1000-core-share      CPU of the core process with 1,000 event streams open
    overload-goodput         answers that were good under far more connections than saturate it, over those at saturation
    restart-lost-requests    failures while the server is replaced again and again under load
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "test/harness"), str(HERE.parent / "test/system"), str(HERE)]
import harken  # noqa: E402
import http_bench  # noqa: E402

PATH = "/v1/me/session"  # routing, the caller and the caller's limits, nothing else
WORK = "/v1/jobs/dead"  # the same, and a transaction with one short statement
OVER = 12 * 128  # connections: twelve times what saturates it
SETTINGS = {f"HARKEN_LIMITS_{name}": "100000000" for name in ("KEY", "USER", "WORKSPACE")} | {"HARKEN_EVENTS_PER_CALLER": "2000"}  # counted, never reached


def wrk(url, token, seconds, conns, path=PATH, core=None):
    """(answers a second, those that were good a second, p50 us, p99 us)"""
    script = 'wrk.headers["Authorization"] = "Bearer %s"\n' % token if token else ""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as f:
        f.write(script)
        f.flush()
        pin = ["taskset", "-c", str(core)] if core is not None else []
        out = subprocess.run([*pin, "wrk", "-t1", f"-c{conns}", f"-d{seconds}s", "--latency", "-s", f.name, url + path], capture_output=True, text=True,
                             check=True).stdout
    n, spent = int(re.search(r"(\d+) requests in ([\d.]+)(m?s)", out)[1]), seconds
    bad = int((re.search(r"Non-2xx or 3xx responses: (\d+)", out) or [0, 0])[1])
    unit = {"us": 1, "ms": 1000, "s": 1e6}
    p = {q: float(v) * unit[u] for q, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", out)}
    return n / spent, (n - bad) / spent, p.get("50", 0), p.get("99", 0)


RATE = 0.5  # of what the server can do at most: busy, not overrun
WAITED_MOST, QUIET_LEAST = 0.01, 8  # of a round, for a core that another program had; rounds that are taken at least


def schedule(pid):
    """{thread: (seconds it ran, seconds it was ready to and waited for a core)} of a process and what it started"""
    found, todo = {}, [pid]
    while todo:
        for task in pathlib.Path("/proc", str(todo.pop()), "task").glob("*"):
            with contextlib.suppress(OSError):  # ended meanwhile
                ran, waited, _ = (task / "schedstat").read_text().split()
                found[task.name] = int(ran) / 1e9, int(waited) / 1e9
                todo += (task / "children").read_text().split()
    return found


def waited_for_core(before, after):
    """Seconds that the busiest thread waited."""
    return max(((after[t][0] - before[t][0], after[t][1] - before[t][1]) for t in after if t in before), default=(0, 0))[1]


def constant(build, url, token, rate, seconds, conns, path, core, pid):
    """What build/bench/rate_bench says of a constant rate: each answer's time counts from when its request was due. With it what share of
    the time client and server (the thread that does the work) waited for a core: those of the machine's other programs' doing."""
    where = urllib.parse.urlsplit(url)
    pin = ["taskset", "-c", str(core)] if core is not None else []
    before = schedule(pid)
    done = subprocess.run([*pin, str(build / "bench/rate_bench"), where.hostname, str(where.port), path, f"{rate:.0f}", str(seconds), str(conns), *([token] if token else [])],
                          capture_output=True, text=True, check=True, timeout=120)
    said = json.loads(done.stdout)
    said["waited"] = (said["waited_us"] / 1e6 + waited_for_core(before, schedule(pid))) / seconds
    if said["good"] != said["sent"]:
        raise RuntimeError(f"{said['sent'] - said['good']} of {said['sent']} answers were none")
    return said


def key_of(server):
    """An API key of a person: the operator's token would pass no limits."""
    user = json.loads(server.http("POST", "/v1/users", {"email": "bench@northwind.example", "roles": ["rep"]}).body)["id"]
    return json.loads(server.http("POST", "/v1/keys", {"name": "bench", "user": user, "scopes": ["status.read"]}).body)["key"]


@contextlib.contextmanager
def kept_to(core):
    """What is started meanwhile stays on that core; None: on any."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if core is None else {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def settled(pid):
    """Waits, not for long, until what a server does after its start is done."""
    for _ in range(40):
        before = http_bench.cpu_seconds(pid)
        time.sleep(0.5)
        if http_bench.cpu_seconds(pid) - before < 0.02:
            return


def quiet(rounds):
    """Of rounds those in which other programs hardly came between, by what the kernel says of waiting and not by the times themselves."""
    rounds = sorted(rounds, key=lambda x: x["waited"])
    return rounds[:max(QUIET_LEAST, sum(x["waited"] <= WAITED_MOST for x in rounds))]


def spread(rounds):
    return statistics.median(x["p99_us"] / x["p50_us"] for x in rounds)


def rate_rows(args, row):
    """Both servers, one after the other, have one core, and the client has another: else three busy threads share two cores,
    and what is measured is whom the kernel lets wait. The rate is that of a closed loop of 64 connections, which keeps the server as
    busy as it can be. Times are of another load, a constant rate below that (RATE of it): where a server is asked for all it can do, the
    slowest answers tell of the queue before it and of nothing else. Rounds are short, and of both servers only those count in which they and
    the client did not have to wait for a core that something else had."""
    seconds, rounds = 1, 7 if args.quick else 21  # of the rate; of the times a quarter as long, and four times as many
    cores = sorted(os.sched_getaffinity(0))
    ours_on, client_on = (cores[0], cores[1]) if len(cores) > 1 else (None, None)
    ours, theirs, our_times, their_times = [], [], [], []
    build = pathlib.Path(os.environ.get("HARKEN_BUILD_DIR", HERE.parent / "build"))
    with tempfile.TemporaryDirectory(prefix="front-bench-") as folder, contextlib.ExitStack() as stack:
        with kept_to(ours_on):
            server = stack.enter_context(harken.Server(env=SETTINGS))
            url, token = server.address(), key_of(server)
            http_bench.BODY = server.http("GET", PATH, token=token).body.strip()
            nginx, port = http_bench.nginx_start(folder, 1)
        try:
            settled(server.child.pid)
            for _ in range(rounds):
                theirs.append(wrk(f"http://127.0.0.1:{port}", None, seconds, 64, "/", client_on))
                ours.append(wrk(url, token, seconds, 64, PATH, client_on))
            can = [statistics.median(x[1] for x in got) for got in (ours, theirs)]
            for _ in range(4 * rounds):
                their_times.append(constant(build, f"http://127.0.0.1:{port}", None, RATE * can[1], seconds / 4, 64, "/", client_on, nginx.pid))
                our_times.append(constant(build, url, token, RATE * can[0], seconds / 4, 64, PATH, client_on, server.child.pid))
        finally:
            nginx.terminate()
            nginx.wait(15)
    ratio = statistics.median(a[1] / b[1] for a, b in zip(ours, theirs))
    good, peer = (statistics.median(x[1] for x in got) for got in (ours, theirs))
    full, its_full = (sorted(x[3] / x[2] for x in got if x[2]) for got in (ours, theirs))
    kept, theirs_kept = quiet(our_times), quiet(their_times)
    middle = sorted(kept, key=lambda x: x["p99_us"] / x["p50_us"])[len(kept) // 2]
    where = f"{rounds} rounds by turns, 64 connections, each server on one core, the client on another"
    if os.sched_getscheduler(0) in (os.SCHED_RR, os.SCHED_FIFO):
        where += ", all three before the machine's other programs (real-time priority)"
    return [row("gateway-over-nginx", "authenticated JSON reply of the gateway over nginx's fixed reply of the same size", ratio, "ratio", 0.7,
                peer="nginx", peer_figure=round(peer), ratio=round(ratio, 3), note=f"ours {good:.0f}/s; {where}; {PATH}"),
            row("gateway-p99-over-p50", "slowest hundredth over the middle at a constant rate", spread(kept), "ratio", 3, most=True,
                peer="nginx", peer_figure=round(spread(theirs_kept), 2), ratio=round(spread(kept) / spread(theirs_kept), 2),
                note=f"{RATE:.0%} of the most each can do, ours {middle['rate']:.0f}/s, times from when a request was due: p50 {middle['p50_us']:.0f} us, p99 "
                f"{middle['p99_us']:.0f} us, of it {middle['late_p99_us']:.0f} us before the request left; the middle of the {len(kept)} of {len(our_times)} rounds "
                f"({len(theirs_kept)} of nginx's) in which client and server waited least for a core, up to {kept[-1]['waited']:.1%} of the time ({theirs_kept[-1]['waited']:.1%}); of all rounds "
                f"{spread(our_times):.1f}, nginx's {spread(their_times):.1f}; in the closed loop that saturates it {full[0]:.1f}, nginx's {its_full[0]:.1f}; {where}")]


def hook_rows(args, row, server):
    import hooks_test

    source = json.loads(server.http("POST", "/v1/hook-sources", {"name": "bench"}).body)
    where, took, body = urllib.parse.urlsplit(server.address()), [], b"x" * 4096
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    for i in range(100 if args.quick else 1000):
        headers = hooks_test.signed(source["secret"], f"msg_{i}", body)
        begin = time.monotonic()
        connection.request("POST", source["path"], body, headers)
        reply = connection.getresponse()
        reply.read()
        took.append((time.monotonic() - begin) * 1000)
        if reply.status != 202:
            raise RuntimeError(f"a message was answered {reply.status}")
    connection.close()
    took.sort()
    return [row("hook-ack-p99", "acknowledgement of an incoming webhook, slowest hundredth", took[len(took) * 99 // 100], "ms", 50, most=True,
                note=f"{len(took)} messages of 4 KiB one after the other, median {statistics.median(took):.1f} ms")]


def open_stream(server):
    where = urllib.parse.urlsplit(server.address())
    s = socket.create_connection((where.hostname, where.port), 30)
    s.sendall(f"GET /v1/events HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {server.token()}\r\n\r\n".encode())
    status = s.recv(12)
    if status != b"HTTP/1.1 200":
        raise RuntimeError(f"a stream was answered {status!r}")
    return s


def stream_rows(args, row, server):
    import selectors

    count, seconds = 1000, 5 if args.quick else 20
    streams = [open_stream(server) for _ in range(count)]
    watch = selectors.DefaultSelector()
    for s in streams:
        s.setblocking(False)
        watch.register(s, selectors.EVENT_READ)
    end = time.monotonic() + seconds
    time.sleep(1)
    before, began = http_bench.cpu_seconds(server.child.pid), time.monotonic()
    while time.monotonic() < end + 1:
        for key, _ in watch.select(0.2):
            try:
                key.fileobj.recv(65536)
            except BlockingIOError:
                pass
    share = (http_bench.cpu_seconds(server.child.pid) - before) / (time.monotonic() - began)
    for s in streams:
        s.close()
    return [row("sse-1000-core-share", "CPU of all our processes with 1,000 event streams open, share of one core", share, "cores", 0.15, most=True,
                note=f"{count} streams for {seconds} s, their rights looked at every 3 s")]


def overload_rows(args, row, server):
    seconds, rounds = (4, 3) if args.quick else (20, 3)
    url, token, got = server.address(), server.token(), []
    for _ in range(rounds):
        peak = max(wrk(url, token, seconds, c, WORK)[1] for c in (32, 128))
        asked, under = wrk(url, token, seconds, OVER, WORK)[:2]
        got.append((under / peak, peak, under, asked - under))
    share, peak, under, shed = sorted(got)[len(got) // 2]
    return [row("overload-goodput", "good answers under far more connections than saturate it, over those at its best", share, "ratio", 0.8,
                note=f"the middle of {rounds} rounds: best {peak:.0f}/s, {OVER} connections {under:.0f}/s and {shed:.0f}/s told to come again; {WORK}")]


def restart_rows(args, row):
    rounds = 3 if args.quick else 200
    lost, answered, stop = [], [0], threading.Event()
    server = harken.Server().start()
    home, address, token = server.home, server.address(), server.token()
    where = urllib.parse.urlsplit(address)

    def ask(keep, pause):
        connection = None
        while not stop.is_set():
            try:
                connection = connection or http.client.HTTPConnection(where.hostname, where.port, timeout=120)
                connection.request("GET", "/v1/status", headers={"Authorization": f"Bearer {token}"})
                reply = connection.getresponse()
                reply.read()
                if reply.status == 200:
                    answered[0] += 1
                else:
                    lost.append(reply.status)
                if not keep or reply.getheader("connection") == "close":
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as problem:
                lost.append(repr(problem))
                connection = None
            time.sleep(pause)

    threads = [threading.Thread(target=ask, args=(i % 2 == 0, 0.05), daemon=True) for i in range(25)]
    for t in threads:
        t.start()
    current, gaps = server, []
    try:
        for _ in range(rounds):
            begin = time.monotonic()
            following = harken.Server("--take-over", home=home)
            following.spawn()
            current.child.wait(120)
            harken.wait_for("the next server", following.is_ready, 120)
            gaps.append(time.monotonic() - begin)
            current = following
            time.sleep(0.3)
    finally:
        stop.set()
        for t in threads:
            t.join(150)
        if current is not server:
            current.discard()
        server.discard()
    return [row("restart-lost-requests", f"requests that failed while the server was replaced {rounds} times under load", len(lost), "requests", 0, most=True,
                note=f"{answered[0]} answered, a replacement took {statistics.median(gaps):.1f} s; {'; '.join(str(x) for x in lost[:3])}")]


def rows(args, row):
    missing = [p for p in ("wrk",) if not shutil.which(p)] + ([] if os.path.exists(http_bench.NGINX) else ["nginx"])
    if missing:
        print(f"front: skipped, {' and '.join(missing)} not installed")
        return []
    rates = rate_rows(args, row)
    with harken.Server(env=SETTINGS) as server:
        done = rates + hook_rows(args, row, server) + stream_rows(args, row, server) + overload_rows(args, row, server)
    return done + restart_rows(args, row)
