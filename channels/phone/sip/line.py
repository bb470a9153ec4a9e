"""One call's line over SIP and RTP."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from aiosipua import Dialog, SipDigestAuth, SipRequest, SipResponse, parse_uri, stringify_uri

from channels.phone.codec import FRAME, RATE_HZ
from channels.phone.inlet import Inlet
from channels.phone.sip.gate import answer_to
from channels.phone.sip.here import Here
from channels.phone.sip.offer import Media, make_answer, make_offer, understand
from channels.phone.sip.stream import RtpStream
from channels.phone.sip.transactions import Transactions
from channels.phone.sip.wire import Peer
from core.call_ports import LineQuality
from core.ports import Pcm

log = logging.getLogger(__name__)

SDP = "application/sdp"
_HELD_S = 600.0
"""A call that is held for longer is forgotten, not held."""
_TRANSFER_S = 60.0
"""How long whom the caller is put through to may ring."""
_PARTING_S = 2.0
_TARGET = re.compile(r"[^\s<>\"]+")
_SIGNAL = re.compile(r"^\s*signal\s*=\s*([0-9*#A-D]+)", re.IGNORECASE | re.MULTILINE)
_NUMBERED_KEYS = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}


class SipLine:
    """One call (a `core.call_ports.MediaTransport`), whoever called whom."""

    def __init__(
        self,
        dialog: Dialog,
        here: Here,
        transactions: Transactions,
        *,
        caller: str = "",
        proof: SipDigestAuth | None = None,
    ) -> None:
        """Begin a call that is not answered yet; `proof` answers a provider that asks who we are."""
        self.caller = caller
        self.dialog = dialog
        self.here = here
        self._transactions = transactions
        self._proof = proof
        self._inlet = Inlet()
        self._stream = RtpStream(self._inlet, dialog.call_id)
        self._version = 0
        self._heard = asyncio.Event()
        self._heard.set()
        self._referred: asyncio.Future[int] | None = None
        self._sent_since_mark = 0
        self.ended = asyncio.Event()
        """Set when the call is over."""

    @property
    def call_id(self) -> str:
        """Return the SIP Call-ID."""
        return self.dialog.call_id

    async def open(self, host: str, first: int, last: int) -> None:
        """Take ports for the sound; raises `OSError` where none is free."""
        await self._stream.open(host, first, last)

    def offer(self) -> str:
        """Return what we would agree to."""
        return make_offer(self.here.host, self._stream.port, version=self._version)

    def answer(self, offer: str) -> str:
        """Return our answer to an offer, which holds from now on; raises `NoCodecError` or `ValueError`."""
        described, media = understand(offer)
        self._agree(media)
        return make_answer(described, media, self.here.host, self._stream.port, version=self._version)

    def agree(self, answer: str) -> None:
        """Take the far side's answer to our offer; raises `NoCodecError` or `ValueError`."""
        self._agree(understand(answer)[1])

    def _agree(self, media: Media) -> None:
        self._version += 1
        self._stream.agree(media, self.here.peer.host)
        if media.is_held != self._inlet.is_held:
            log.info("call %s is %s", self.call_id, "held" if media.is_held else "taken up again")
        self._inlet.is_held = media.is_held
        if media.is_held and not self.ended.is_set():
            self._heard.clear()
        else:
            self._heard.set()

    def request(self, method: str, headers: Mapping[str, str] | None = None, body: str = "") -> SipRequest:
        """Return the next request of this call."""
        here = self.here
        request = self.dialog.create_request(
            method, via_host=here.host, via_port=here.port, via_transport=here.peer.transport
        )
        request.headers.set_single("Contact", f"<{here.uri}>")
        for name, value in (headers or {}).items():
            request.headers.set_single(name, value)
        if body:
            request.headers.set_single("Content-Type", SDP)
            request.text = body
        return request

    def response(self, request: SipRequest, status: int, reason: str = "", body: str = "") -> SipResponse:
        """Return an answer to a request of this call."""
        response = self.dialog.create_response(request, status, reason, contact=f"<{self.here.uri}>")
        for route in request.headers.get("record-route"):
            response.headers.append("Record-Route", route)
        if body:
            response.headers.set_single("Content-Type", SDP)
            response.text = body
        return response

    def take(self, request: SipRequest, peer: Peer) -> None:
        """Take a request of the far side within the call."""
        match request.method:
            case "BYE":
                self._reply(request, peer, 200)
                self.end()
            case "INVITE" | "UPDATE":
                self._renew(request, peer)
            case "INFO":
                self._reply(request, peer, 200)
                self._take_info(request)
            case "NOTIFY":
                self._reply(request, peer, 200)
                self._take_progress(request)
            case "OPTIONS":
                self._reply(request, peer, 200)
            case _:
                self._reply(request, peer, 405, "Method Not Allowed")

    def end(self) -> None:
        """Close the line: the far side is gone."""
        self.ended.set()
        self._heard.set()
        self._transactions.forget(self.call_id)
        self._inlet.close()
        self._stream.close()
        if self._referred and not self._referred.done():
            self._referred.set_result(0)

    async def pump(self) -> None:
        """Wait for the end; packets come by themselves."""
        await self.ended.wait()

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes; nothing while the call is held."""
        return self._inlet.frames()

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._inlet.keys()

    async def send(self, frame: Pcm) -> None:
        """Send one frame; while the call is held it waits, so that no word is said to nobody."""
        if not self._heard.is_set():
            try:
                async with asyncio.timeout(_HELD_S):
                    await self._heard.wait()
            except TimeoutError:
                log.warning("call %s was held for %.0f minutes and is hung up", self.call_id, _HELD_S / 60)
                await self.hang_up()
        if not self.ended.is_set():
            self._stream.send(frame)
            self._sent_since_mark += 1

    async def mark(self, name: str) -> None:
        """Begin to count anew: what is sent is played at once, and nobody tells about it."""
        self._sent_since_mark = 0

    async def played(self, name: str) -> None:
        """Return at once, for the same reason."""

    async def flush(self) -> float:
        """Return the milliseconds sent since the last mark; there is nothing that waits to be dropped."""
        return self._sent_since_mark * FRAME * 1000 / RATE_HZ

    def quality(self) -> LineQuality:
        """Return how the caller's packets came so far."""
        return self._stream.quality()

    async def transfer(self, target: str) -> bool:
        """Put the caller through (RFC 3515); True only when the far side told that it was answered.

        `target` is a SIP address, or a number or extension where the caller comes from.
        """
        if self.ended.is_set() or self._referred or not _TARGET.fullmatch(target.strip()):
            return False
        self._referred = asyncio.get_running_loop().create_future()
        address = self._address(target.strip())
        try:
            async with asyncio.timeout(_TRANSFER_S):
                response = await self._ask("REFER", {"Refer-To": f"<{address}>", "Referred-By": f"<{self.here.uri}>"})
                status = await self._referred if response.status_code < 300 else response.status_code
        except TimeoutError:
            status = 408
        finally:
            self._referred = None
        log.info("call %s: put through to %s: %s", self.call_id, address, status or "the caller left first")
        return 200 <= status < 300

    async def hang_up(self) -> None:
        """End the call; safe to call twice."""
        if self.ended.is_set():
            return
        self.end()
        bye = self.request("BYE")
        parting = self._transactions.ask(bye, self.here.peer)
        if self._proof is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_PARTING_S):
                if again := self._proven(bye, await parting):
                    await self._transactions.ask(again, self.here.peer)

    async def _ask(self, method: str, headers: Mapping[str, str]) -> SipResponse:
        request = self.request(method, headers)
        response = await self._transactions.ask(request, self.here.peer)
        if again := self._proven(request, response):
            response = await self._transactions.ask(again, self.here.peer)
        return response

    def _proven(self, request: SipRequest, response: SipResponse) -> SipRequest | None:
        """Return the request anew with what the far side asked for, None where it asked for nothing."""
        if response.status_code not in (401, 407) or not self._proof:
            return None
        header = answer_to(response, request, self._proof)
        if header is None:
            return None
        kept = {name: request.get_header(name) or "" for name in ("Refer-To", "Referred-By") if name in request.headers}
        return self.request(request.method, kept | {header[0]: header[1]})

    def _reply(self, request: SipRequest, peer: Peer, status: int, reason: str = "") -> None:
        self._transactions.answer(request, self.response(request, status, reason), peer)

    def _renew(self, request: SipRequest, peer: Peer) -> None:
        """Take a new offer in the middle of the call: held, taken up again, moved to another address."""
        if not request.body:
            if request.method == "UPDATE":
                self._reply(request, peer, 200)
                return
            settled = self._transactions.settle(request, self.response(request, 200, body=self.offer()), peer)
            settled.add_done_callback(lambda ack: self._agree_late(ack.result()))
            return
        try:
            answer = self.answer(request.text)
        except ValueError as error:
            log.warning("call %s goes on as it was; an offer was refused: %s", self.call_id, error)
            self._settle(request, self.response(request, 488, "Not Acceptable Here"), peer)
            return
        self._settle(request, self.response(request, 200, body=answer), peer)

    def _settle(self, request: SipRequest, response: SipResponse, peer: Peer) -> None:
        if request.method == "INVITE":
            self._transactions.settle(request, response, peer)
        else:
            self._transactions.answer(request, response, peer)

    def _agree_late(self, ack: SipRequest | None) -> None:
        if ack is None or not ack.body:
            return
        try:
            self.agree(ack.text)
        except ValueError as error:
            log.warning("call %s goes on as it was; an answer was not understood: %s", self.call_id, error)

    def _take_info(self, request: SipRequest) -> None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind == "application/dtmf":
            key = request.text.strip()
        elif kind == "application/dtmf-relay" and (told := _SIGNAL.search(request.text)):
            key = told[1].upper()
        else:
            return
        self._inlet.press(_NUMBERED_KEYS.get(key, key))

    def _take_progress(self, request: SipRequest) -> None:
        event = (request.get_header("Event") or "").partition(";")[0].strip().lower()
        if event != "refer" or not self._referred or self._referred.done():
            return
        status = request.text.split()[1:2]
        is_over = (request.get_header("Subscription-State") or "").strip().lower().startswith("terminated")
        number = int(status[0]) if status and status[0].isascii() and status[0].isdigit() else 0
        if number >= 200 or is_over:
            self._referred.set_result(number)

    def _address(self, target: str) -> str:
        if re.match(r"(?i)(sips?|tel):", target):
            return target
        there = parse_uri(self.dialog.remote_uri)
        there.params, there.headers = {}, {}
        if "@" in target:
            return f"sip:{target}"
        there.user = target
        return stringify_uri(there)
