"""Who is logged in at the shop's own site: a signed token proves it when a conversation is opened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from core.errors import ConfigError
from core.ports import Shop
from core.types import Identity

_LOG = logging.getLogger(__name__)

AUDIENCE = "zhanggui"
"""What the token's `aud` must say, so that a token made for another service opens nothing here."""
_SECRET_CHARS = 32
"""RFC 7518, section 3.2: a key for HS256 has at least 256 bits."""
_LEEWAY_S = 30.0
"""For clocks that differ."""
_LONGEST_S = 24 * 3600.0
"""A token that lives longer is refused: it would have to be remembered as long, so that it is used once only."""


class Used(Protocol):
    """Which tokens were used (`core.journal.logins` remembers)."""

    async def claim(self, token_id: str, conversation_id: str, *, expires_at: float, now: float) -> bool:
        """Bind a token to a conversation; False when it belongs to another one."""
        ...


class Logins:
    """Check login tokens: JSON Web Tokens (RFC 7519), HS256, with `sub` (customer id), `exp`, `jti` and `aud`."""

    def __init__(
        self, secret: str, shop: Shop, used: Used, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Check with the secret that is shared with the shop's site. Raises `ConfigError` for a short one."""
        if len(secret.encode()) < _SECRET_CHARS:
            raise ConfigError(
                f"web.login_secret has {len(secret.encode())} bytes; make one of at least {_SECRET_CHARS} "
                "(openssl rand -hex 32) and give the same to your shop's site"
            )
        self._secret = secret
        self._shop = shop
        self._used = used
        self._clock = clock

    async def admit(self, token: str, conversation_id: str) -> Identity | None:
        """Return whom the token proves; None for one that is expired, forged, or was used for another conversation.

        What was wrong goes to the log, never to whoever sent it.
        """
        try:
            claims = _claims(token, self._secret)
            wrong = await self._wrong(claims, conversation_id)
        except jwt.InvalidTokenError as error:
            wrong = f"it is not valid ({error})"
        if wrong:
            _LOG.warning("a login token was refused for conversation %s: %s", conversation_id, wrong)
            return None
        return Identity(customer_id=claims["sub"], proved_by="token")

    async def _wrong(self, claims: Mapping[str, Any], conversation_id: str) -> str:
        """Return why well-signed claims prove nobody, "" when they do; the token is used up then."""
        now = self._clock().timestamp()
        subject, token_id, expires = claims["sub"], claims["jti"], claims["exp"]
        if not isinstance(expires, int | float) or not isinstance(subject, str) or not isinstance(token_id, str):
            return "exp must be a number, sub and jti texts"
        if expires + _LEEWAY_S < now:
            return f"it expired {now - expires:.0f} s ago"
        if expires - now > _LONGEST_S:
            return f"it lives longer than {_LONGEST_S / 3600:.0f} h"
        if await self._shop.customer(subject) is None:
            return "its customer is not in the records"
        if not await self._used.claim(token_id, conversation_id, expires_at=expires + _LEEWAY_S, now=now):
            return "it was used for another conversation"
        return ""


def _claims(token: str, secret: str) -> dict[str, Any]:
    """Return what the token says; its times are judged by our own clock."""
    own_clock = {"require": ["sub", "exp", "jti", "aud"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    return jwt.decode(token, secret, algorithms=["HS256"], audience=AUDIENCE, options=own_clock)  # type: ignore[arg-type]
