"""Messages of webhooks: who sent this, and is it new? Standard Webhooks, with a shared secret (v1) or a public key (v1a)."""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Dict, Iterable, Mapping, Optional, Union

from . import ed25519
from .core import HarkenError

TOLERANCE_S = 300


class NotVerified(HarkenError):
    """Nobody we know signed this, or long ago. Answer 400 and do nothing."""


class Verifier:
    """Checks what is posted to an endpoint.

    keys  what POST /v1/webhooks/ID/rotate showed: a secret (whsec_...), a public key (whpk_...), or several while they change
    """

    def __init__(self, keys: Union[str, Iterable[str]], tolerance_s: int = TOLERANCE_S):
        self.secrets, self.publics, self.tolerance_s = [], [], tolerance_s
        for key in [keys] if isinstance(keys, str) else keys:
            kind, _, text = key.partition("_")
            if kind not in ("whsec", "whpk"):
                raise ValueError("a key begins with whsec_ or whpk_")
            (self.secrets if kind == "whsec" else self.publics).append(base64.b64decode(text))
        if not self.secrets and not self.publics:
            raise ValueError("at least one key is needed")

    def verify(self, body: Union[bytes, str], headers: Mapping[str, str], now: Optional[float] = None) -> Dict[str, Any]:
        """The message, or NotVerified. `body` as it came, byte for byte; names of headers in any case."""
        data = body.encode() if isinstance(body, str) else body
        fields = {name.lower(): value for name, value in headers.items()}
        ident, stamp, signatures = (fields.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
        if not ident or not stamp.isdigit() or not signatures:
            raise NotVerified("the fields of a webhook are missing")
        if abs((time.time() if now is None else now) - int(stamp)) > self.tolerance_s:
            raise NotVerified("it was signed too long ago, or the clocks differ")
        signed = f"{ident}.{stamp}.".encode() + data
        if not any(self.good(one, signed) for one in signatures.split(" ")):
            raise NotVerified("no signature is good")
        return json.loads(data)

    def good(self, signature: str, signed: bytes) -> bool:
        kind, _, text = signature.partition(",")
        try:
            given = base64.b64decode(text, validate=True)
        except binascii.Error:
            return False
        if kind == "v1":
            return any(hmac.compare_digest(given, hmac.new(secret, signed, hashlib.sha256).digest()) for secret in self.secrets)
        return kind == "v1a" and any(ed25519.verify(public, signed, given) for public in self.publics)
