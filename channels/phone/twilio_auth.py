"""Who may call the Twilio door: signatures of the webhook, passes for the media socket."""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from collections.abc import Iterable
from typing import Generic, TypeVar

PASS_S = 60.0
"""Twilio opens the stream right after it read the TwiML."""

Bearer = TypeVar("Bearer")
"""What is known of who comes with a pass."""


def signature(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """Return what X-Twilio-Signature must be for a form posted to `url`.

    HMAC-SHA1 over the URL and the sorted fields, base64; https://www.twilio.com/docs/usage/security.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode("ascii")


def is_signed(url: str, fields: Iterable[tuple[str, str]], token: str, claimed: str) -> bool:
    """Return whether `claimed` is the right signature, in constant time."""
    return hmac.compare_digest(signature(url, fields, token).encode(), claimed.encode())


class Passes(Generic[Bearer]):
    """Single-use passes from the webhook to the media socket, with what is known of who calls.

    Nobody who has not been through the verified webhook can open a media socket.
    """

    def __init__(self) -> None:
        """Begin with none issued."""
        self._issued: dict[str, tuple[Bearer, float]] = {}

    def issue(self, bearer: Bearer, good_s: float = PASS_S) -> str:
        """Return a new pass, good for `good_s` seconds."""
        now = time.monotonic()
        self._issued = {key: value for key, value in self._issued.items() if value[1] > now}
        key = secrets.token_urlsafe(24)
        self._issued[key] = (bearer, now + good_s)
        return key

    def redeem(self, key: str) -> Bearer | None:
        """Return who comes and end the pass; None for one that is unknown, used or too old."""
        # A pass of 192 random bits cannot be guessed by timing a hash table.
        bearer, until = self._issued.pop(key, (None, 0.0))
        return bearer if until > time.monotonic() else None
