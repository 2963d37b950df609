"""Harken's API for Python. Nothing but the standard library.

    from harken_sdk import Harken

    with Harken("https://harken.example", "hk_...") as harken:
        for deal in harken.deals.list()["deals"]:
            print(deal["name"])
"""
from .api import *  # noqa: F401,F403
from .api import Harken
from .core import ConnectionFailed, HarkenError, Problem, Row, etag
from .events import Event
from .webhooks import NotVerified, Verifier

__all__ = ["Harken", "HarkenError", "ConnectionFailed", "Problem", "Row", "etag", "Event", "NotVerified", "Verifier"]
