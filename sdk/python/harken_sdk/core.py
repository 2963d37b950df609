"""Requests: one connection at a time, tries again where that is safe, answers as dictionaries, failures as exceptions."""
from __future__ import annotations

import email.utils
import http.client
import json
import random
import socket
import ssl
import time
import urllib.parse
import uuid
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Type

BACKOFF_S, BACKOFF_MAX_S, RETRY_AFTER_MAX_S = 0.5, 30.0, 120.0
BUSY = (429, 503)  # nothing was done
BROKEN = (502, 504)  # a proxy's: perhaps it was
REPEATABLE = ("GET", "PUT")


class HarkenError(Exception):
    """Whatever goes wrong here."""


class ConnectionFailed(HarkenError):
    """No answer came."""


class Problem(HarkenError):
    """The server answered that it could not: a problem (RFC 9457). The classes of it are made from the description."""

    kinds: Dict[int, Type["Problem"]] = {}

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]):
        self.status = status
        self.type: str = str(body.get("type", "about:blank"))
        self.title: str = str(body.get("title", http.client.responses.get(status, "")))
        self.detail: Optional[str] = body.get("detail")
        self.instance: Optional[str] = body.get("instance")
        self.errors: List[Dict[str, str]] = list(body.get("errors") or [])
        self.request_id: Optional[str] = headers.get("x-request-id")
        self.retry_after_s: Optional[float] = retry_after(headers)
        where = "".join(f"; {e.get('pointer')}: {e.get('detail')}" for e in self.errors)
        super().__init__(f"{status} {self.title}{': ' + self.detail if self.detail else ''}{where}")

    @staticmethod
    def of(status: int, body: bytes, headers: Mapping[str, str]) -> "Problem":
        try:
            said = json.loads(body)
        except ValueError:
            said = {}
        return Problem.kinds.get(status, Problem)(status, said if isinstance(said, dict) else {}, headers)


class Row(Dict[str, Any]):
    """An object of an answer, with what came beside it."""

    etag: Optional[str] = None
    request_id: Optional[str] = None
    status: int = 200


def etag(row: Any) -> Optional[str]:
    """The tag of what was read, for if_match."""
    return getattr(row, "etag", None)


def retry_after(headers: Mapping[str, str]) -> Optional[float]:
    """Seconds; the field holds a number or a date."""
    said = headers.get("retry-after")
    if said is None:
        return None
    if said.strip().isdigit():
        return float(said)
    when = email.utils.parsedate_to_datetime(said) if said.strip() else None
    return max(0.0, when.timestamp() - time.time()) if when else None


def wait_s(attempt: int, asked: Optional[float]) -> float:
    """How long before the next try: what the server asks and a little of our own, else doubling, anywhere below."""
    own = random.random() * min(BACKOFF_MAX_S, BACKOFF_S * 2 ** attempt)
    return own if asked is None else asked + own / 4


class Core:
    """What the resources share. One thread at a time, as its connection."""

    def __init__(self, url: str, key: str, *, timeout_s: float = 60, retries: int = 4, cafile: Optional[str] = None,
                 headers: Optional[Mapping[str, str]] = None, sleep: Callable[[float], None] = time.sleep):
        """
        url      where the server is: https://harken.example
        key      an API key (hk_...)
        retries  further tries of a request that may be sent again
        cafile   the server's own authority, as GET /ca.pem gives it, where no public one signed its certificate
        """
        where = urllib.parse.urlsplit(url)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise ValueError(f"not an address of a server: {url}")
        self.where, self.timeout_s, self.retries, self.sleep = where, timeout_s, retries, sleep
        self.headers = {"Authorization": f"Bearer {key}", "User-Agent": "harken-sdk-python", **(headers or {})}
        self.tls = ssl.create_default_context(cafile=cafile) if where.scheme == "https" else None
        self.connection: Optional[http.client.HTTPConnection] = None

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def connect(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = str(self.where.hostname), self.where.port
        if self.tls:
            return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=self.tls)
        return http.client.HTTPConnection(host, port, timeout=timeout_s)

    def target(self, path: str, query: Mapping[str, Any]) -> str:
        pairs = [(name, text(value)) for name, value in query.items() if value is not None]
        return self.where.path.rstrip("/") + path + ("?" + urllib.parse.urlencode(pairs) if pairs else "")

    def once(self, method: str, target: str, body: Optional[bytes], headers: Mapping[str, str], fresh: bool) -> Tuple[int, Dict[str, str], bytes]:
        """One exchange. A request that must not be sent twice gets a connection of its own: a kept one may just be closing."""
        if fresh:
            self.close()
        if not self.connection:
            self.connection = self.connect(self.timeout_s)
            self.connection.connect()
        self.connection.request(method, target, body=body, headers=dict(headers))
        reply = self.connection.getresponse()
        data = reply.read()
        if reply.will_close:
            self.close()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, data

    def send(self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None, body: Any = None, data: Optional[bytes] = None,
             headers: Optional[Mapping[str, Optional[str]]] = None, accept: str = "application/json", keyed: bool = False) -> Any:
        """Sends until it is answered or not worth another try. `keyed`: the server knows Idempotency-Key here."""
        fields = {**self.headers, "Accept": accept, **{k: v for k, v in (headers or {}).items() if v is not None}}
        if keyed:
            fields.setdefault("Idempotency-Key", str(uuid.uuid4()))
        if body is not None:
            data, fields["Content-Type"] = json.dumps(body).encode(), "application/json"
        elif data is not None:
            fields["Content-Type"] = "application/octet-stream"
        repeatable = method in REPEATABLE or keyed
        target = self.target(path, query or {})
        for attempt in range(self.retries + 1):
            last = attempt == self.retries
            try:
                status, got, answer = self.once(method, target, data, fields, not repeatable)
            except (OSError, http.client.HTTPException) as why:
                self.close()
                if last or not (repeatable or isinstance(why, (ConnectionRefusedError, socket.gaierror))):
                    raise ConnectionFailed(f"{method} {path}: {why}") from why
                self.sleep(wait_s(attempt, None))
                continue
            if status < 400:
                return answer_of(status, got, answer)
            problem = Problem.of(status, answer, got)
            again = status in BUSY or (status in BROKEN and repeatable)
            if last or not again or (problem.retry_after_s or 0) > RETRY_AFTER_MAX_S:
                raise problem
            self.sleep(wait_s(attempt, problem.retry_after_s))

    def pages(self, ask: Callable[..., Any], key: str) -> Iterator[Any]:
        """Every row of a list, page by page."""
        cursor = None
        while True:
            page = ask(cursor)
            yield from page[key]
            cursor = page.get("next")
            if not cursor:
                return


def text(value: Any) -> str:
    """A value in a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(text(v) for v in value)
    return str(value)


def quote(value: str) -> str:
    """A value in a path."""
    return urllib.parse.quote(value, safe="")


def answer_of(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    if not body:
        return None
    if "json" not in headers.get("content-type", ""):
        return body.decode()
    said = json.loads(body)
    if isinstance(said, dict):
        said = Row(said)
        said.etag, said.request_id, said.status = headers.get("etag"), headers.get("x-request-id"), status
    return said
