#!/usr/bin/env python3
"""usage: bench/http_bench.py [--demo build/src/net/http_demo] [--seconds 4] [--rounds 3] [--json FILE]
The HTTP server against nginx's fixed reply of the same size, on the same cores, in the same run: wrk, keep-alive.
Rounds alternate between the servers and the median counts. Needs wrk and nginx. Rates share the cores with wrk, so
CPU time of the server per request is printed beside them."""
import argparse, json, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

BODY = b""
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

def get(port, path):
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path.encode())
        data = b""
        while True:
            b = s.recv(65536)
            if not b:
                return data.split(b"\r\n\r\n", 1)[1]
            data += b

def family(pid):
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        for t in os.listdir("/proc/%d/task" % p):
            with open("/proc/%d/task/%s/children" % (p, t)) as f:
                todo += [int(x) for x in f.read().split()]
    return out

def cpu_seconds(pid):
    ticks = 0
    for p in family(pid):
        with open("/proc/%d/stat" % p) as f:
            v = f.read().rsplit(")", 1)[1].split()
        ticks += int(v[11]) + int(v[12])
    return ticks / os.sysconf("SC_CLK_TCK")

def nginx_start(folder, workers="auto"):
    port = free_port()
    with open(folder + "/nginx.conf", "w") as f:
        f.write("""daemon off; master_process on; worker_processes %s; pid %s/pid; error_log %s/error.log;
events { worker_connections 4096; multi_accept on; }
http { access_log off; server_tokens off; keepalive_requests 100000000; tcp_nodelay on; default_type application/json;
client_body_temp_path %s; proxy_temp_path %s; fastcgi_temp_path %s; uwsgi_temp_path %s; scgi_temp_path %s;
server { listen 127.0.0.1:%d; location / { return 200 '%s'; } } }
""" % ((workers,) + (folder,) * 7 + (port, BODY.decode())))
    return subprocess.Popen([NGINX, "-c", folder + "/nginx.conf", "-p", folder]), port

def wrk(url, seconds, conns):
    out = subprocess.run(["wrk", "-t1", "-c%d" % conns, "-d%ds" % seconds, "--latency", url], capture_output=True, text=True, check=True).stdout
    n = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit("errors under load:\n" + out)
    unit = {"us": 1, "ms": 1000, "s": 1e6}
    p = {q: float(v) * unit[u] for q, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", out)}
    return n, float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), p["50"], p["99"]

def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--demo", default="build/src/net/http_demo")
    a.add_argument("--seconds", type=int, default=4)
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--conns", type=int, default=64)
    a.add_argument("--json")
    o = a.parse_args()
    global BODY
    if not os.path.exists(NGINX) or not shutil.which("wrk"):
        print("http_bench: skipped, needs nginx and wrk (apt-get install nginx-light wrk)")
        return 0
    demo = subprocess.Popen([o.demo, "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    port = int(demo.stdout.readline().rsplit(":", 1)[1])
    BODY = get(port, "/fixed")
    folder = tempfile.mkdtemp(prefix="http-bench-")
    nginx, nport = nginx_start(folder)
    try:
        for _ in range(50):
            try:
                assert get(nport, "/") == BODY
                break
            except OSError:
                time.sleep(0.1)
        rows = {"nginx": (nginx.pid, "http://127.0.0.1:%d/" % nport), "harken loop": (demo.pid, "http://127.0.0.1:%d/healthz" % port),
                "harken worker": (demo.pid, "http://127.0.0.1:%d/fixed" % port)}
        got = {k: [] for k in rows}
        for _ in range(o.rounds):
            for name, (pid, url) in rows.items():
                before = cpu_seconds(pid)
                n, rate, p50, p99 = wrk(url, o.seconds, o.conns)
                got[name].append((rate, (cpu_seconds(pid) - before) * 1e6 / n, p50, p99))
    finally:
        demo.send_signal(signal.SIGTERM)
        nginx.send_signal(signal.SIGTERM)
        demo.wait(15)
        nginx.wait(15)
        shutil.rmtree(folder, ignore_errors=True)
    med = {k: [statistics.median(x) for x in zip(*v)] for k, v in got.items()}
    print("%d connections, keep-alive, reply of %d bytes" % (o.conns, len(BODY)))
    print("%-14s %9s %8s %9s %9s %7s" % ("", "req/s", "CPU us", "p50 us", "p99 us", "ratio"))
    out = []
    for name, (rate, cpu, p50, p99) in med.items():
        ratio = rate / med["nginx"][0]
        print("%-14s %9.0f %8.1f %9.0f %9.0f %7.2f" % (name, rate, cpu, p50, p99, ratio))
        if name != "nginx":
            out.append({"id": "http-%s-over-nginx" % name.split()[1], "what": "fixed JSON reply, handler on a %s" % name.split()[1], "figure": round(rate),
                        "unit": "req/s", "goal": 0.7, "ok": ratio >= 0.7, "peer": "nginx", "peer_figure": round(med["nginx"][0]), "ratio": round(ratio, 3),
                        "note": "server CPU %.1f us a request, nginx %.1f" % (cpu, med["nginx"][1])})
    if o.json:
        with open(o.json, "w") as f:
            json.dump(out, f, indent=1)
    return 0 if all(r["ok"] for r in out) else 1

if __name__ == "__main__":
    sys.exit(main())
