"""A telephone that says what a test wants it to, datagram by datagram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiortp import RtpPacket
from aiosipua import Dialog, SipMessage, SipRequest, SipResponse, parse_sdp

from tests.channels.sip.packets import spoken

Address = tuple[str, int]


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, address: Address) -> None:
        self.came.put_nowait(data)


class Telephone:
    """Speak SIP and RTP without any of the manners that a library would have."""

    def __init__(self, door: Address) -> None:
        self.door = door
        self.number = 0
        self.tag = ""
        self.sound_at: Address = ("", 0)

    async def open(self, host: str = "127.0.0.1") -> None:
        loop = asyncio.get_running_loop()
        self.sip, self._heard = await loop.create_datagram_endpoint(_Ear, local_addr=(host, 0))
        self.rtp, self._sound = await loop.create_datagram_endpoint(_Ear, local_addr=(host, 0))

    def close(self) -> None:
        self.sip.close()
        self.rtp.close()

    def request(self, method: str, *, body: str = "", branch: str = "", number: int = 0, **headers: str) -> bytes:
        host, port = self.sip.get_extra_info("sockname")
        self.number = number or (self.number if method in ("ACK", "CANCEL") else self.number + 1)
        told = {
            "Via": f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{branch or f'{method}{self.number}'};rport",
            "From": f"<sip:chen@{host}>;tag=far",
            "To": "<sip:clerk@127.0.0.1>" + (f";tag={self.tag}" if self.tag and method != "CANCEL" else ""),
            "Call-ID": f"call-{port}",
            "CSeq": f"{self.number} {method}",
            "Contact": f"<sip:chen@{host}:{port}>",
            "Content-Length": str(len(body)),
        } | ({"Content-Type": "application/sdp"} if body else {})
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
        return f"{method} sip:clerk@127.0.0.1 SIP/2.0\r\n{lines}\r\n{body}".encode()

    def send(self, data: bytes) -> None:
        self.sip.sendto(data, self.door)

    def offer(self, *, port: int = 0, formats: str = "0 101", more: str = "") -> str:
        host, own = self.rtp.get_extra_info("sockname")
        return (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port or own} RTP/AVP {formats}\r\na=rtpmap:101 telephone-event/8000\r\n{more}"
        )

    async def hears(self, status: int = 0, method: str = "", within_s: float = 10) -> Any:
        """Return the next message with this status or method; others are passed over."""
        async with asyncio.timeout(within_s):
            while True:
                message = SipMessage.parse(await self._heard.came.get())
                if isinstance(message, SipResponse) and message.status_code == status:
                    self.tag = (message.to_addr.tag if message.to_addr else "") or self.tag
                    return message
                if isinstance(message, SipRequest) and message.method == method:
                    return message

    async def calls(self, **options: Any) -> SipResponse:
        """Begin a call and return the answer."""
        self.send(self.request("INVITE", body=self.offer(**options)))
        answer: SipResponse = await self.hears(200)
        self.send(self.request("ACK", branch="ack"))
        where = parse_sdp(answer.text).rtp_address
        assert where is not None
        self.sound_at = where
        return answer

    def reply(self, request: SipRequest, status: int, body: str = "", **headers: str) -> None:
        """Answer a request of the clerk."""
        response = Dialog(local_tag="far", call_id=request.call_id or "").create_response(request, status)
        host, port = self.sip.get_extra_info("sockname")
        response.headers.set_single("Contact", f"<sip:chen@{host}:{port}>")
        for name, value in headers.items():
            response.headers.append(name.replace("_", "-"), value)
        if body:
            response.headers.set_single("Content-Type", "application/sdp")
            response.text = body
        self.send(bytes(response))

    def tell(self, progress: str, state: str = "active") -> None:
        """Tell how putting through goes on."""
        told = self.request("NOTIFY", body=progress, Event="refer", Subscription_State=state)
        self.send(told.replace(b"application/sdp", b"message/sipfrag"))

    def hang_up(self) -> None:
        self.send(self.request("BYE"))

    async def speak(self, packets: Iterable[RtpPacket | bytes], *, ms: float = 20) -> None:
        for packet in packets:
            self.rtp.sendto(packet if isinstance(packet, bytes) else packet.serialize(), self.sound_at)
            await asyncio.sleep(ms / 1000)

    async def sound(self, count: int, within_s: float = 10) -> list[RtpPacket]:
        """Return the next packets of sound."""
        async with asyncio.timeout(within_s):
            return [RtpPacket.parse(await self._sound.came.get()) for _ in range(count)]


@asynccontextmanager
async def telephone(port: int, host: str = "127.0.0.1") -> AsyncIterator[Telephone]:
    phone = Telephone(("127.0.0.1", port))
    await phone.open(host)
    try:
        yield phone
    finally:
        phone.close()


async def talks(port: int) -> None:
    """Make a call that works, or fail."""
    async with telephone(port) as phone:
        await phone.calls()
        await phone.speak(spoken(10))
        assert len(await phone.sound(3)) == 3
        phone.hang_up()
        await phone.hears(200)
