"""A proxy on loopback that lets a test say what goes wrong between a client and the server.

    with proxy.Flaky(server.address()) as between:
        between.plan = [("answer", 503, {"Retry-After": "1"}), "lose", ("cut", 200)]

Each request takes the next step of the plan, and passes when there is none left:
    ("answer", STATUS, FIELDS)  is answered here; the server hears nothing
    "lose"                      the server does it, and the answer is lost
    ("cut", N)                  N bytes of the answer's body come, then the connection breaks
"""
import http.client
import http.server
import socket
import threading
import urllib.parse

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Flaky:
    def __init__(self, upstream):
        where = urllib.parse.urlsplit(upstream)
        self.plan, self.seen = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                step = outer.plan.pop(0) if outer.plan else "pass"
                if step[0] == "answer":
                    self.answer(step[1], step[2])
                    return
                connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
                try:
                    fields = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
                    connection.request(self.command, self.path, body=body or None, headers=fields)
                    self.pass_on(connection.getresponse(), step)
                except OSError:
                    self.close_connection = True
                finally:
                    connection.close()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def answer(self, status, fields):
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def pass_on(self, reply, step):
                if step == "lose":
                    reply.read()
                    self.break_off()
                    return
                left = step[1] if step[0] == "cut" else None
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                while piece := reply.read1(65536):
                    self.wfile.write(piece if left is None else piece[:left])
                    self.wfile.flush()
                    left = None if left is None else left - len(piece)
                    if left is not None and left <= 0:
                        self.break_off()
                        return

            def break_off(self):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # the client went away: that is what tests do
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
