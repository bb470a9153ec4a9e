"""Requests and their answers, over a net that loses some (RFC 3261, section 17).

A request is repeated until it is answered, an answer is repeated when its request is, and the final answer to
an INVITE until it is acknowledged. Nothing here is a task: a call that ends leaves no loose end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiosipua import CSeq, SipRequest, SipResponse, parse_via

from channels.phone.sip.wire import Peer, Wire

T1_S, T2_S = 0.5, 4.0
LIFE_S = 64 * T1_S
"""How long a request is repeated, and an answer kept for repetitions of its request."""
_RINGING_S = 300.0
_MOST = 4096
"""Requests of which answers are kept; more than that in 32 s is a flood, and is not answered."""

Key = tuple[str, str, int, str]


@dataclass(slots=True)
class _Asked:
    request: SipRequest
    peer: Peer
    answer: asyncio.Future[SipResponse]
    on_provisional: Callable[[SipResponse], None] | None
    until_s: float
    wait_s: float = T1_S
    timer: asyncio.TimerHandle | None = None


class Transactions:
    """Ask and answer over one wire."""

    def __init__(self, wire: Wire, on_request: Callable[[SipRequest, Peer], None]) -> None:
        """Hand each new request, but no repetition and no ACK, to `on_request`."""
        self._wire = wire
        self._on_request = on_request
        self._asked: dict[Key, _Asked] = {}
        self._acks: dict[tuple[str, int], tuple[SipRequest, Peer]] = {}
        self._answered: dict[Key, tuple[SipResponse, Peer] | None] = {}
        self._unacknowledged: dict[tuple[str, int], asyncio.Future[SipRequest | None]] = {}

    def take(self, message: SipRequest | SipResponse, peer: Peer) -> None:
        """Take a message in; raises `ValueError` where it has no sender, number or id."""
        if isinstance(message, SipResponse):
            self._take_response(message)
        elif message.method == "ACK":
            waiting = self._unacknowledged.pop(_call(message), None)
            if waiting and not waiting.done():
                waiting.set_result(message)
        else:
            self._take_request(message, peer)

    def ask(
        self, request: SipRequest, peer: Peer, *, on_provisional: Callable[[SipResponse], None] | None = None
    ) -> asyncio.Future[SipResponse]:
        """Send a request; the future is its final answer, 408 where none comes within 32 s.

        An INVITE that rings is waited for longer: who asked gives up with a CANCEL.
        """
        loop = asyncio.get_running_loop()
        asked = _Asked(request, peer, loop.create_future(), on_provisional, loop.time() + LIFE_S)
        self._asked[_key(request)] = asked
        self._wire.send(request, peer)
        asked.timer = loop.call_later(T1_S, self._ask_again, asked)
        return asked.answer

    def answer(self, request: SipRequest, response: SipResponse, peer: Peer) -> None:
        """Send the answer to a request that came from `peer`."""
        where = _reply_to(request, peer)
        self._answered[_key(request)] = (response, where)
        self._wire.send(response, where)

    def settle(self, request: SipRequest, response: SipResponse, peer: Peer) -> asyncio.Future[SipRequest | None]:
        """Send the final answer to an INVITE; the future is its ACK, None where none comes within 32 s."""
        self.answer(request, response, peer)
        loop = asyncio.get_running_loop()
        acknowledged: asyncio.Future[SipRequest | None] = loop.create_future()
        self._unacknowledged[_call(request)] = acknowledged
        where, until_s = _reply_to(request, peer), loop.time() + LIFE_S

        def again(wait_s: float) -> None:
            if acknowledged.done():
                return
            if loop.time() >= until_s:
                self._unacknowledged.pop(_call(request), None)
                acknowledged.set_result(None)
                return
            self._wire.send(response, where)
            loop.call_later(wait_s, again, min(2 * wait_s, T2_S))

        loop.call_later(T1_S, again, 2 * T1_S)
        return acknowledged

    def forget(self, call_id: str) -> None:
        """Wait for no ACK of a call any more: it is over."""
        for key in [key for key in self._unacknowledged if key[0] == call_id]:
            waiting = self._unacknowledged.pop(key)
            if not waiting.done():
                waiting.set_result(None)

    def acknowledge(self, ack: SipRequest, peer: Peer) -> None:
        """Send an ACK, and again each time that the answer is repeated."""
        self._wire.send(ack, peer)
        self._acks[_call(ack)] = (ack, peer)
        asyncio.get_running_loop().call_later(LIFE_S, self._acks.pop, _call(ack), None)

    def _take_request(self, request: SipRequest, peer: Peer) -> None:
        key = _key(request)
        if key in self._answered:
            if last := self._answered[key]:
                self._wire.send(*last)
            return
        if len(self._answered) >= _MOST:
            return
        self._answered[key] = None
        asyncio.get_running_loop().call_later(LIFE_S, self._answered.pop, key, None)
        self._on_request(request, peer)

    def _take_response(self, response: SipResponse) -> None:
        asked = self._asked.get(_key(response))
        if asked is None:
            again = self._acks.get(_call(response))
            if again and _number(response).method == "INVITE" and response.status_code >= 200:
                self._wire.send(*again)
        elif response.status_code >= 200:
            self._close(asked, response)
            if asked.request.method == "INVITE" and response.status_code >= 300:
                self.acknowledge(_acknowledgement(asked.request, response), asked.peer)
        else:
            asked.wait_s = T2_S
            if asked.request.method == "INVITE" and asked.timer:
                asked.timer.cancel()
                asked.timer = asyncio.get_running_loop().call_later(_RINGING_S, self._time_out, asked)
            if asked.on_provisional:
                asked.on_provisional(response)

    def _ask_again(self, asked: _Asked) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() >= asked.until_s:
            self._time_out(asked)
            return
        if asked.peer.transport == "UDP":
            self._wire.send(asked.request, asked.peer)
        asked.wait_s = 2 * asked.wait_s if asked.request.method == "INVITE" else min(2 * asked.wait_s, T2_S)
        asked.timer = loop.call_at(min(loop.time() + asked.wait_s, asked.until_s), self._ask_again, asked)

    def _time_out(self, asked: _Asked) -> None:
        self._close(asked, SipResponse(status_code=408, reason_phrase="Request Timeout"))

    def _close(self, asked: _Asked, response: SipResponse) -> None:
        del self._asked[_key(asked.request)]
        if asked.timer:
            asked.timer.cancel()
        if not asked.answer.done():
            asked.answer.set_result(response)


def _number(message: SipRequest | SipResponse) -> CSeq:
    number = message.cseq
    if number is None:
        raise ValueError("it has no CSeq")
    return number


def _call(message: SipRequest | SipResponse) -> tuple[str, int]:
    """Return what an INVITE, its answers and its ACK share."""
    return message.call_id or "", _number(message).seq


def _key(message: SipRequest | SipResponse) -> Key:
    vias = message.headers.get("via")
    if not vias:
        raise ValueError("it has no Via")
    return parse_via(vias[0]).branch or "", *_call(message), _number(message).method


def _reply_to(request: SipRequest, peer: Peer) -> Peer:
    """Return where an answer goes: to where the request came from, or to the port that the sender named (RFC 3581)."""
    via = parse_via(request.headers.get("via")[0])
    if peer.transport == "TCP" or "rport" in via.params:
        return peer
    return Peer(peer.host, via.port or 5060)


def _acknowledgement(invite: SipRequest, refusal: SipResponse) -> SipRequest:
    """Return the ACK of a refusal, which belongs to the INVITE's own transaction."""
    ack = SipRequest(method="ACK", uri=invite.uri)
    ack.headers.append("Via", invite.headers.get("via")[0])
    for name in ("From", "Call-ID"):
        ack.headers.set_single(name, invite.get_header(name) or "")
    ack.headers.set_single("To", refusal.get_header("To") or invite.get_header("To") or "")
    ack.headers.set_single("CSeq", f"{_number(invite).seq} ACK")
    ack.headers.set_single("Max-Forwards", "70")
    for route in invite.headers.get("route"):
        ack.headers.append("Route", route)
    return ack
