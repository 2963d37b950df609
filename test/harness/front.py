"""nginx with ModSecurity and the OWASP core rule set between a test and the server: `make judges` only (HARKEN_WAF names a folder).

It watches and blocks nothing, so that the tests go on as without it; what it would have blocked stands in FOLDER/audit.json, a line for
each request. What an operator is to tell the rules about Harken stands in doc/modsecurity-harken.conf and is used here.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
MODULES = pathlib.Path("/usr/lib/nginx/modules")
RULES = pathlib.Path("/usr/share/modsecurity-crs/rules")
OURS = pathlib.Path(__file__).resolve().parents[2] / "doc/modsecurity-harken.conf"
SETUP = pathlib.Path("/etc/modsecurity/crs/crs-setup.conf")
THRESHOLD = {"949110", "959100"}  # "anomaly score exceeded", of the request and of the answer

NGINX_CONF = """load_module {modules}/ndk_http_module.so;
load_module {modules}/ngx_http_modsecurity_module.so;
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_max_body_size 0; default_type application/octet-stream; large_client_header_buffers 8 64k;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        modsecurity on;
        modsecurity_rules_file {folder}/waf.conf;
        location / {{
            proxy_pass {upstream};
            proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
            proxy_buffering off; proxy_request_buffering on; proxy_read_timeout 300s;
        }}
    }}
}}
"""
WAF_CONF = """SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecRequestBodyLimit 134217728
SecRequestBodyNoFilesLimit 134217728
SecRule REQUEST_HEADERS:Content-Type "^application/(?:json|[a-z0-9.+-]+[+]json)" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html application/json application/problem+json
SecAuditEngine On
SecAuditLogParts ABFHZ
SecAuditLogFormat JSON
SecAuditLogType Serial
SecAuditLog {log}/audit.json
SecDataDir {folder}
Include {setup}
Include {ours}
Include {rules}/*.conf
"""


class Front:
    def __init__(self, upstream, log_folder):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="harken-front-"))
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        words = {"modules": MODULES, "folder": self.folder, "port": self.port, "upstream": upstream, "log": log_folder, "setup": SETUP, "rules": RULES, "ours": OURS}
        (self.folder / "nginx.conf").write_text(NGINX_CONF.format(**words))
        (self.folder / "waf.conf").write_text(WAF_CONF.format(**words))
        self.address = f"http://localhost:{self.port}"
        self.child = subprocess.Popen([NGINX, "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listens(self):
        if self.child.poll() is not None:
            raise RuntimeError("nginx: " + (self.folder / "error.log").read_text()[-800:])
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self):
        self.child.terminate()
        self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def flagged(path):
    """(requests seen, [(method, path, status, {rule: message})] of those that would have been blocked)"""
    seen, found = 0, []
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            t = json.loads(line)["transaction"]
            seen += 1
            rules = {m["details"]["ruleId"]: f"{m['message']}: {m['details']['data'][:120]}" for m in t["messages"]}
            if THRESHOLD & rules.keys():
                found.append((t["request"]["method"], urllib.parse.urlsplit(t["request"]["uri"]).path, t["response"]["http_code"],
                              {r: w for r, w in rules.items() if r not in THRESHOLD}))
    return seen, found
