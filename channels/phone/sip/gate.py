"""Who calls proves it by digest, and so do we (RFC 3261, section 22, with the algorithms of RFC 8760)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Sequence
from enum import Enum
from ipaddress import ip_address, ip_network

from aiosipua import (
    AuthChallenge,
    SipDigestAuth,
    SipRequest,
    SipResponse,
    build_credentials,
    parse_auth,
    stringify_auth,
)

REALM = "zhanggui"
_FRESH_S = 300
"""How long a challenge may be answered."""
_REMEMBERED = 4096
"""Answers that are remembered, so that nobody who overheard one uses it again."""


_HEX = re.compile(r"[0-9a-fA-F]{1,8}")


class Verdict(Enum):
    """What is thought of a caller; its value says it in words."""

    PROVEN = "may call"
    ASK = "there is no proof, or it answers an old challenge"
    WRONG = "the password is wrong"
    STRANGER = "it is not in phone.sip_trusted, and phone.sip_user is not set"


def answer_to(challenge: SipResponse, request: SipRequest, proof: SipDigestAuth) -> tuple[str, str] | None:
    """Return the header (name, value) that answers a 401 or 407; None where no challenge of it is understood."""
    asks, tells = {
        401: ("WWW-Authenticate", "Authorization"),
        407: ("Proxy-Authenticate", "Proxy-Authorization"),
    }[challenge.status_code]
    for value in challenge.headers.get(asks):
        if credentials := build_credentials(proof, parse_auth(value), request.method, request.uri):
            return tells, stringify_auth(credentials)
    return None


class Gate:
    """Let callers in who are trusted or know the password."""

    def __init__(self, user: str, password: str, *, algorithm: str, trusted: Sequence[str] = ()) -> None:
        """Let in who is in the networks `trusted`, or proves to be `user` by `algorithm`, "MD5" or "SHA-256".

        Where no `user` is set this machine is let in, and nobody else.

        Only one is asked for: telephones that do not know a second one give up instead of passing over it.
        """
        self._algorithm = algorithm
        self._trusted = [ip_network(each, strict=False) for each in trusted]
        self._proof = SipDigestAuth(user, password)
        self._key = secrets.token_bytes(32)
        self._used: dict[tuple[str, str], None] = {}

    def challenge(self) -> str:
        """Return the WWW-Authenticate value of a 401."""
        nonce = self._nonce(int(time.time()))
        return f'Digest realm="{REALM}", nonce="{nonce}", algorithm={self._algorithm}, qop="auth"'

    def judge(self, request: SipRequest, host: str) -> Verdict:
        """Judge a request that came from the address `host`."""
        address = ip_address(host.partition("%")[0])
        if any(address in network for network in self._trusted):
            return Verdict.PROVEN
        if not self._proof.username:
            return Verdict.PROVEN if address.is_loopback else Verdict.STRANGER
        return self._judge_proof(request)

    def _judge_proof(self, request: SipRequest) -> Verdict:
        header = request.get_header("Authorization")
        if not header:
            return Verdict.ASK
        told = parse_auth(header).params
        if not self._is_fresh(told.get("nonce", "")):
            return Verdict.ASK
        expected = self._expected(told, request.method)
        proof = told.get("response", "")
        if told.get("username") != self._proof.username or not hmac.compare_digest(expected.encode(), proof.encode()):
            return Verdict.WRONG
        # Repetitions of the same request never come here; this one was overheard.
        if (told["nonce"], proof) in self._used:
            return Verdict.ASK
        self._used[told["nonce"], proof] = None
        while len(self._used) > _REMEMBERED:
            del self._used[next(iter(self._used))]
        return Verdict.PROVEN

    def _expected(self, told: dict[str, str], method: str) -> str:
        asked = {
            "realm": REALM,
            "nonce": told["nonce"],
            "algorithm": self._algorithm,
            "qop": told.get("qop", ""),
        }
        count = told.get("nc", "1")
        if not _HEX.fullmatch(count):
            return secrets.token_hex()
        credentials = build_credentials(
            self._proof,
            AuthChallenge(scheme="Digest", params=asked),
            method,
            told.get("uri", ""),
            nonce_count=int(count, 16),
            cnonce=told.get("cnonce", ""),
        )
        return credentials.params["response"] if credentials else secrets.token_hex()

    def _nonce(self, at_s: int) -> str:
        return f"{at_s:x}." + hmac.new(self._key, str(at_s).encode(), hashlib.sha256).hexdigest()[:32]

    def _is_fresh(self, nonce: str) -> bool:
        at, _, _ = nonce.partition(".")
        try:
            at_s = int(at, 16)
        except ValueError:
            return False
        return 0 <= time.time() - at_s <= _FRESH_S and hmac.compare_digest(self._nonce(at_s).encode(), nonce.encode())
