"""Be found at a provider: the registration that calls to the shop's number come by (RFC 3261, section 10)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiosipua import Dialog, SipDigestAuth, SipRequest, SipResponse, generate_call_id, generate_tag, parse_uri
from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from channels.phone.sip.gate import answer_to
from channels.phone.sip.here import Here, find
from channels.phone.sip.transactions import Transactions
from channels.phone.sip.wire import Peer, Wire

log = logging.getLogger(__name__)

_EXPIRES_S = 300
_REFRESH = 0.8
"""Part of the granted time after which it is asked for again."""
_KEEP_ALIVE_S = 25.0
"""NAT forgets who is silent, often after 30 s, and then no call comes through."""
_LONGEST_WAIT_S = 300
_PARTING_S = 2.0


class NotRegisteredError(Exception):
    """The provider did not take us in; the message says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """The shop's account at a provider."""

    uri: str
    """"sip:user@provider"."""
    proof: SipDigestAuth

    @property
    def domain(self) -> str:
        """Return the provider's name."""
        return parse_uri(self.uri).host

    @property
    def address(self) -> str:
        """Return the shop's address there, without port and parameters."""
        parsed = parse_uri(self.uri)
        return f"sip:{parsed.user}@{parsed.host}"


class Registration:
    """Keep one account registered."""

    def __init__(
        self, account: Account, wire: Wire, transactions: Transactions, *, bound: str, seen_from: Callable[[Peer], Here]
    ) -> None:
        """Register `account`; `seen_from` says where the provider finds us."""
        self._account = account
        self._wire = wire
        self._transactions = transactions
        self._bound = bound
        self._seen_from = seen_from
        self._expires_s = _EXPIRES_S
        self._dialog = Dialog(
            call_id=generate_call_id(account.domain),
            local_tag=generate_tag(),
            local_uri=account.address,
            remote_uri=account.address,
            remote_target=f"sip:{account.domain}",
        )
        self.registrar: Peer | None = None
        """Where the provider is, once it was asked."""
        self.is_registered = False

    async def keep(self) -> None:
        """Stay registered until cancelled; while the provider refuses, ask again, ever more seldom."""
        try:
            while True:
                async for attempt in AsyncRetrying(
                    wait=wait_random_exponential(multiplier=2, max=_LONGEST_WAIT_S),
                    retry=retry_if_exception_type((NotRegisteredError, OSError)),
                    before_sleep=lambda state: self._tell(state.outcome.exception(), state.next_action.sleep),  # type: ignore[union-attr]  # both are set before a sleep
                ):
                    with attempt:
                        granted_s = await self._register(self._expires_s)
                if not self.is_registered:
                    log.info("registered as %s for %d s", self._account.address, granted_s)
                self.is_registered = True
                await self._wait(granted_s * _REFRESH)
        finally:
            if self.is_registered:
                with suppress(TimeoutError, NotRegisteredError, OSError):
                    async with asyncio.timeout(_PARTING_S):
                        await self._register(0)

    async def _wait(self, seconds: float) -> None:
        """Wait until it is time to register anew, and keep NAT open meanwhile."""
        while seconds > 0:
            await asyncio.sleep(min(seconds, _KEEP_ALIVE_S))
            seconds -= _KEEP_ALIVE_S
            if self.registrar:
                self._wire.ping(self.registrar)

    def _tell(self, why: BaseException | None, wait_s: float) -> None:
        self.is_registered = False
        log.warning("not registered as %s: %s; again in %.0f s", self._account.address, why, wait_s)

    async def _register(self, expires_s: int) -> int:
        peer = self.registrar = await find(self._account.uri, bound=self._bound)
        await self._wire.reach(peer)
        request = self._request(peer, expires_s)
        response = await self._transactions.ask(request, peer)
        if response.status_code in (401, 407):
            header = answer_to(response, request, self._account.proof)
            if header is None:
                raise NotRegisteredError("it asks for a proof that is not understood")
            request = self._request(peer, expires_s)
            request.headers.set_single(*header)
            response = await self._transactions.ask(request, peer)
        return self._granted(response, request)

    def _request(self, peer: Peer, expires_s: int) -> SipRequest:
        here = self._seen_from(peer)
        request = self._dialog.create_request(
            "REGISTER", via_host=here.host, via_port=here.port, via_transport=peer.transport
        )
        request.headers.set_single("Contact", f"<{here.uri}>")
        request.headers.set_single("Expires", str(expires_s))
        return request

    def _granted(self, response: SipResponse, request: SipRequest) -> int:
        status = response.status_code
        if status == 423:
            self._expires_s = max(self._expires_s + 1, _seconds(response.get_header("Min-Expires"), 0))
            raise NotRegisteredError(f"it wants at least {self._expires_s} s")
        if status in (401, 403, 407):
            raise NotRegisteredError(
                "the password is wrong: check phone.sip_register, phone.sip_register_user and "
                "ZHANGGUI_PHONE__SIP_REGISTER_PASSWORD"
            )
        if status >= 300:
            raise NotRegisteredError(f"{status} {response.reason_phrase}")
        ours = (request.get_header("Contact") or "").strip("<>")
        expires_s = _seconds(response.get_header("Expires"), self._expires_s)
        for value in response.headers.get("contact"):
            address, _, parameters = value.partition(">")
            if address.lstrip("<") == ours:
                told = dict(part.strip().lower().partition("=")[::2] for part in parameters.split(";"))
                expires_s = _seconds(told.get("expires"), expires_s)
        return max(10, expires_s)


def _seconds(value: str | None, default: int) -> int:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() else default
