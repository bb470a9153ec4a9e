"""Call somebody over SIP."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from aiosipua import (
    Dialog,
    DialogState,
    SipDigestAuth,
    SipRequest,
    SipResponse,
    generate_call_id,
    generate_tag,
    stringify_uri,
)

from channels.phone.sip.gate import answer_to
from channels.phone.sip.line import SipLine
from channels.phone.sip.transactions import Transactions
from core.errors import NotAnsweredError

log = logging.getLogger(__name__)

_REASONS = {
    401: "the password is not accepted",
    403: "declined",
    404: "no such address",
    407: "the password is not accepted",
    408: "nobody there",
    410: "no such address",
    415: "no sound that both sides speak",
    480: "nobody there",
    484: "no such address",
    486: "busy",
    488: "no sound that both sides speak",
    600: "busy",
    603: "declined",
    604: "no such address",
    606: "no sound that both sides speak",
}
_GIVE_UP_S = 2.0
"""How long a CANCEL is waited for."""


def begin_dialog(ours: str, theirs: str, domain: str) -> Dialog:
    """Return the beginning of a call from `ours` to `theirs`."""
    return Dialog(
        call_id=generate_call_id(domain),
        local_tag=generate_tag(),
        local_uri=ours,
        remote_uri=theirs,
        remote_target=theirs,
    )


@dataclass(slots=True)
class Ringing:
    """A call that we make, until it is answered."""

    target: str
    line: SipLine
    transactions: Transactions
    proof: SipDigestAuth | None
    _invite: SipRequest | None = None
    _answer: asyncio.Future[SipResponse] | None = None
    _rings: bool = False
    _is_given_up: bool = False

    async def answered(self, ring_s: float) -> None:
        """Wait until somebody answers; raises `NotAnsweredError` otherwise, and nothing rings any more."""
        try:
            async with asyncio.timeout(ring_s):
                response = await self._ask()
        except TimeoutError:
            await self._give_up()
            raise NotAnsweredError(f"{self.target}: nobody answered within {ring_s:.0f} s") from None
        except asyncio.CancelledError:
            await self._give_up()
            raise
        status = response.status_code
        if status >= 300:
            told = _REASONS.get(status, "moved" if status < 400 else "the call failed")
            raise NotAnsweredError(f"{self.target}: {told} ({status} {response.reason_phrase})")
        self._confirm(response)
        try:
            self.line.agree(response.text)
        except ValueError as error:
            await self.line.hang_up()
            raise NotAnsweredError(f"{self.target}: {error}") from error

    async def _ask(self) -> SipResponse:
        response = await self._invite_with({})
        if response.status_code in (401, 407) and self.proof and self._invite:
            header = answer_to(response, self._invite, self.proof)
            if header:
                response = await self._invite_with({header[0]: header[1]})
        return response

    def _invite_with(self, headers: dict[str, str]) -> asyncio.Future[SipResponse]:
        self._rings = False
        self._invite = self.line.request("INVITE", headers, self.line.offer())
        self._answer = self.transactions.ask(self._invite, self.line.here.peer, on_provisional=self._ring)
        # A deadline cancels what it waits for; the answer may still come, and must then be taken.
        return asyncio.ensure_future(asyncio.shield(self._answer))

    def _ring(self, response: SipResponse) -> None:
        self._rings = True
        if self._is_given_up:
            self._cancel()

    def _cancel(self) -> None:
        if self._invite:
            self.transactions.ask(_cancelling(self._invite), self.line.here.peer)

    async def _give_up(self) -> None:
        """Cancel the call; who answers at the same moment is hung up on."""
        if self._answer is None:
            return
        self._is_given_up = True
        if self._rings and not self._answer.done():  # before it rings there is nothing to cancel yet (RFC 3261, 9.1)
            self._cancel()
        await asyncio.wait({self._answer}, timeout=_GIVE_UP_S)
        if self._answer.done() and self._answer.result().status_code < 300:
            self._confirm(self._answer.result())
            await self.line.hang_up()
        elif not self._answer.done():
            self._answer.add_done_callback(self._answered_after_all)

    def _answered_after_all(self, answer: asyncio.Future[SipResponse]) -> None:
        if not answer.cancelled() and answer.result().status_code < 300:
            self._confirm(answer.result())
            self.transactions.ask(self.line.request("BYE"), self.line.here.peer)

    def _confirm(self, response: SipResponse) -> None:
        """Take over what the answer says about the far side, and acknowledge it (RFC 3261, 12.1.2 and 13.2.2.4)."""
        dialog = self.line.dialog
        dialog.remote_tag = (response.to_addr.tag if response.to_addr else None) or ""
        if contacts := response.contact:
            dialog.remote_target = stringify_uri(contacts[0].uri)
        dialog.route_set = list(reversed(response.headers.get("record-route")))
        dialog.state = DialogState.CONFIRMED
        dialog.local_cseq -= 1  # an ACK bears the number of its INVITE
        self.transactions.acknowledge(self.line.request("ACK"), self.line.here.peer)


def _cancelling(invite: SipRequest) -> SipRequest:
    """Return the CANCEL of an INVITE (RFC 3261, section 9.1)."""
    cancel = SipRequest(method="CANCEL", uri=invite.uri)
    cancel.headers.append("Via", invite.headers.get("via")[0])
    for name in ("From", "To", "Call-ID"):
        cancel.headers.set_single(name, invite.get_header(name) or "")
    cancel.headers.set_single("CSeq", f"{invite.cseq.seq if invite.cseq else 1} CANCEL")
    cancel.headers.set_single("Max-Forwards", "70")
    for route in invite.headers.get("route"):
        cancel.headers.append("Route", route)
    return cancel
