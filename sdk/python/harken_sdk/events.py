"""The stream of events: taken up again behind the last one, until nobody listens any more."""
from __future__ import annotations

import http.client
import json
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional

from .core import BUSY, ConnectionFailed, Core, Problem, wait_s


class Event(NamedTuple):
    id: Optional[str]
    type: str
    data: Dict[str, Any]


class Parser:
    """Lines of text/event-stream become events (WHATWG HTML, 9.2.6)."""

    def __init__(self) -> None:
        self.last_id: Optional[str] = None  # of an event that came whole
        self.retry_s: Optional[float] = None
        self.begin()

    def begin(self) -> None:
        self.id, self.type = self.last_id, ""
        self.data: List[str] = []

    def line(self, line: str) -> Optional[Event]:
        if not line:
            self.last_id = self.id
            event = Event(self.id, self.type or "message", json.loads("\n".join(self.data))) if self.data else None
            self.begin()
            return event
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.type = value
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and value.isdigit():
            self.retry_s = int(value) / 1000
        return None


def lines(reply: http.client.HTTPResponse) -> Iterator[str]:
    while True:
        line = reply.readline()
        if not line.endswith(b"\n"):
            return  # the end, perhaps amid a line
        yield line.decode().rstrip("\r\n")


def follow(core: Core, path: str, query: Mapping[str, Any], last_event_id: Optional[str], idle_s: float = 60) -> Iterator[Event]:
    """Events for ever. Raises Problem when the server refuses, and ConnectionFailed when it stays away for all tries."""
    parser, failed = Parser(), 0
    parser.last_id = last_event_id
    while True:
        connection = core.connect(idle_s)
        try:
            fields = {**core.headers, "Accept": "text/event-stream", **({"Last-Event-ID": parser.last_id} if parser.last_id else {})}
            connection.request("GET", core.target(path, query), headers=fields)
            reply = connection.getresponse()
            if reply.status != 200:
                raise Problem.of(reply.status, reply.read(), {name.lower(): value for name, value in reply.getheaders()})
            parser.begin()
            for line in lines(reply):
                failed = 0
                event = parser.line(line)
                if event and event.type == "stream.denied":
                    raise Problem.of(403, b'{"title":"the right to follow events is gone"}', {})
                if event and event.type != "stream.again":
                    yield event
            pause = wait_s(failed, parser.retry_s)
        except Problem as problem:
            if problem.status not in BUSY or failed >= core.retries:
                raise
            pause = wait_s(failed, problem.retry_after_s)
            failed += 1
        except (OSError, http.client.HTTPException) as why:
            if failed >= core.retries:
                raise ConnectionFailed(f"GET {path}: {why}") from why
            pause = wait_s(failed, parser.retry_s)
            failed += 1
        finally:
            connection.close()
        core.sleep(pause)
