"""Do a proxy in front, nginx or HAProxy, and Harken behind it see the same messages (trust.md H1)? Each case is one ambiguous request
whose body holds a second one, to an address of its own. The proxy says which requests it sent on, Harken's log which it was sent: a
second request that only Harken saw has been smuggled past whatever the proxy was to keep out; one that only the proxy sent got lost
in another message."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse

import harken

NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 512; }}
http {{
    log_format sent '$request_method $request_uri $upstream_status'; access_log {folder}/access.log sent;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    client_header_timeout 2s; client_body_timeout 2s;
    upstream harken {{ server {upstream}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{port}; ignore_invalid_headers {lenient}; proxy_ignore_client_abort on; underscores_in_headers on;
        location / {{ proxy_pass http://harken; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering {lenient}; }}
    }}
}}
"""
# A request that went to no server has "<NOSRV>" for one.
HAPROXY = """global
    log stdout format raw local0
defaults
    mode http
    log global
    log-format "%HM %HU %s"
    timeout client 2s
    timeout connect 5s
    timeout server 20s
    http-reuse always
frontend door
    bind 127.0.0.1:{port}
    {lenient} option accept-invalid-http-request
    default_backend harken
backend harken
    server harken {upstream}
"""


def program(name):
    return shutil.which(name) or f"/usr/sbin/{name}"


# name: how it is told, how it is started, what its log has at the end of a request that it did not send on, its two settings
PROXIES = {"nginx": (NGINX, lambda conf: [program("nginx"), "-c", conf, "-p", os.path.dirname(conf)], " -", ("on", "off")),
           "haproxy": (HAPROXY, lambda conf: [program("haproxy"), "-db", "-f", conf], " <NOSRV>", ("no", ""))}
SECOND = "/v1/jobs/dead"  # asked for by no outer request, and logged by its route
INNER = f"GET {SECOND} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
LENGTHS = [b"", b"Content-Length: %d\r\n", b"Content-Length: +%d\r\n", b"Content-Length: 0%d\r\n", b"Content-Length: %d, %d\r\n", b"Content-Length: %d\r\nContent-Length: 0\r\n",
           b"Content-Length: 0\r\nContent-Length: %d\r\n", b"Content-Length : %d\r\n", b"Content-Length:\x0b%d\r\n", b"Content-Length: 0x%x\r\n", b"Content_Length: %d\r\n",
           b"X: y\nContent-Length: %d\r\n", b"X: y\r\n Content-Length: %d\r\n"]
CODINGS = [b"", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: Chunked\r\n", b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding: identity, chunked\r\n",
           b"Transfer-Encoding: xchunked\r\n", b"Transfer-Encoding : chunked\r\n", b"Transfer-Encoding:\x0bchunked\r\n", b"Transfer-Encoding:\tchunked\r\n",
           b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", b"Transfer_Encoding: chunked\r\n", b"X: y\nTransfer-Encoding: chunked\r\n",
           b"Transfer-Encoding:\r\n chunked\r\n", b"\rTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: \"chunked\"\r\n"]
BODIES = [INNER, b"0\r\n\r\n" + INNER, b"5;a=b\r\nhello\r\n0\r\n\r\n" + INNER, b"0x5\r\nhello\r\n0\r\n\r\n" + INNER, b"5\nhello\n0\n\n" + INNER, b"%x\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER)]


def cases():
    for length in LENGTHS:
        for coding in CODINGS:
            for body in BODIES:
                count = length.count(b"%")
                yield b"POST /v1/search HTTP/1.1\r\nHost: a\r\n" + (length % ((len(body),) * count) if count else length) + coding + b"\r\n" + body


def say(port, data):
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.settimeout(5)
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass
        except OSError:
            pass  # a proxy hangs up in the middle of what it refuses


def seen_by_us(server):
    return sum(f'"route":"{SECOND}"' in line for line in server.log().splitlines())


def through(server, folder, name, lenient):
    """(cases, second requests, disagreements) with one way of setting one proxy up."""
    told, start, unsent, _ = PROXIES[name]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    conf, log = folder / "conf", folder / "access.log"
    conf.write_text(told.format(folder=folder, upstream=urllib.parse.urlsplit(server.address()).netloc, port=port, lenient=lenient))
    wrong, n, sent_before, before = [], 0, 0, seen_by_us(server)
    with open(log, "a") as out:
        proxy = subprocess.Popen(start(str(conf)), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
    try:
        harken.wait_for(name, lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        all_cases = list(cases())
        for at in range(0, len(all_cases), 50):
            for case in all_cases[at:at + 50]:
                say(port, case)
            n += len(all_cases[at:at + 50])

            def sent():
                return sum(f"GET {SECOND} " in line and not line.endswith(unsent) for line in log.read_text("latin-1").splitlines())

            try:
                harken.wait_for("both logs", lambda: seen_by_us(server) - before == sent() and sent() >= sent_before, 5)
            except harken.Failure:
                wrong.append(f"cases {at} to {at + 49}: {name} ({lenient}) sent {sent() - sent_before}, we saw {seen_by_us(server) - before - sent_before}")
            sent_before = sent()
            before = seen_by_us(server) - sent_before
    finally:
        proxy.terminate()
        proxy.wait(15)
    return n, sent_before, wrong


def run():
    """{proxy: (cases, second requests that both saw)}, disagreements"""
    counts, wrong = {}, []
    with harken.Server() as server:
        for name in (p for p in PROXIES if os.path.exists(program(p))):
            counts[name] = [0, 0]
            for lenient in PROXIES[name][3]:
                with tempfile.TemporaryDirectory(prefix="harken-framing-") as folder:
                    n, both, bad = through(server, pathlib.Path(folder), name, lenient)
                counts[name] = [counts[name][0] + n, counts[name][1] + both]
                wrong += bad
        if not server.running():
            wrong.append("the server ended")
    return counts, wrong
