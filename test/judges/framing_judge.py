"""Do nginx in front and Harken behind it see the same messages (trust.md H1)? Each case is one ambiguous request whose body holds a
second one, to an address of its own. nginx says which requests it sent on, Harken's log which it was sent: a second request that only
Harken saw has been smuggled past whatever the proxy was to keep out; one that only nginx sent got lost in another message."""
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse

import harken

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONF = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 512; }}
http {{
    log_format sent '$request_method $request_uri $upstream_status'; access_log {folder}/access.log sent;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    client_header_timeout 2s; client_body_timeout 2s;
    upstream harken {{ server {upstream}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{port}; ignore_invalid_headers {ignore}; proxy_ignore_client_abort on; underscores_in_headers on;
        location / {{ proxy_pass http://harken; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering {buffering}; }}
    }}
}}
"""
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
            pass  # nginx hangs up in the middle of what it refuses


def seen_by_us(server):
    return sum(f'"route":"{SECOND}"' in line for line in server.log().splitlines())


def through(server, folder, ignore, buffering):
    """(cases, second requests, disagreements) with one way of setting nginx up."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    where = urllib.parse.urlsplit(server.address()).netloc
    (folder / "nginx.conf").write_text(CONF.format(folder=folder, upstream=where, port=port, ignore=ignore, buffering=buffering))
    nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wrong, n, log = [], 0, folder / "access.log"
    before, sent_before = seen_by_us(server), 0
    try:
        harken.wait_for("nginx", lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        all_cases = list(cases())
        for start in range(0, len(all_cases), 50):
            for case in all_cases[start:start + 50]:
                say(port, case)
            n += len(all_cases[start:start + 50])

            def sent():
                return sum(f"GET {SECOND} " in line and not line.endswith(" -") for line in log.read_text("latin-1").splitlines())

            try:
                harken.wait_for("both logs", lambda: seen_by_us(server) - before == sent() and sent() >= sent_before, 5)
            except harken.Failure:
                wrong.append(f"cases {start} to {start + 49}: nginx sent {sent() - sent_before}, we saw {seen_by_us(server) - before - sent_before}")
            sent_before = sent()
            before = seen_by_us(server) - sent_before
    finally:
        nginx.terminate()
        nginx.wait(15)
    return n, sent_before, wrong


def run():
    """(cases, second requests that both saw, disagreements)"""
    total, seconds, wrong = 0, 0, []
    with harken.Server() as server:
        for ignore, buffering in (("on", "on"), ("off", "off")):
            with tempfile.TemporaryDirectory(prefix="harken-framing-") as folder:
                n, both, bad = through(server, pathlib.Path(folder), ignore, buffering)
            total, seconds, wrong = total + n, seconds + both, wrong + bad
        if not server.running():
            wrong.append("the server ended")
    return total, seconds, wrong
