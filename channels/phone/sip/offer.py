"""What two sides agree on: SDP offers and answers (RFC 3264, RFC 4566)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import ip_address

from aiosipua import ConnectionData, MediaDescription, Origin, SdpMessage, parse_sdp, serialize_sdp

CODECS = {"PCMU": 0, "PCMA": 8}
"""G.711 by its names, with the payload types that are its own."""
KEY_TYPE = 101
"""Payload type of keys (RFC 4733) that we offer."""
COMFORT_NOISE = 13
_PROFILES = ("RTP/AVP", "RTP/AVPF")
_PTIMES_MS = (10, 20, 30, 40, 60)
_ANSWERS = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


class NoCodecError(ValueError):
    """There is nothing that both sides speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """How the far side wants its sound, and what it sends."""

    host: str
    port: int
    rtcp_port: int
    codec: str
    """"PCMU" or "PCMA"."""
    payload_type: int
    key_type: int | None
    ptime_ms: int
    direction: str
    """As the far side sees it: "sendrecv", "sendonly", "recvonly" or "inactive"."""
    line: int
    """Which of the media lines it is."""

    @property
    def is_held(self) -> bool:
        """Return whether the far side does not listen."""
        return self.direction in ("sendonly", "inactive")


def understand(body: str) -> tuple[SdpMessage, Media]:
    """Return an offer or answer, and its first line of sound that we speak.

    Raises `NoCodecError` where there is none, `ValueError` where it is not SDP.
    """
    described = parse_sdp(body)
    for line, media in enumerate(described.media):
        if media.media != "audio" or not media.port or media.proto not in _PROFILES:
            continue
        codec = next((each for each in media.codecs if each.encoding_name.upper() in CODECS), None)
        connection = media.connection or described.connection
        if codec is None or connection is None or codec.clock_rate not in (0, 8_000):
            continue
        rtcp_port = _number(media, "rtcp", media.port + 1)
        if not 0 < media.port < 65_536 or not 0 < rtcp_port < 65_536:
            raise ValueError(f"{media.port} or {rtcp_port} is not a port")
        ip_address(connection.address)  # a name would be looked up for every packet, and stop all calls meanwhile
        keys = [each.payload_type for each in media.codecs if each.encoding_name.lower() == "telephone-event"]
        return described, Media(
            host=connection.address,
            port=media.port,
            rtcp_port=rtcp_port,
            codec=codec.encoding_name.upper(),
            payload_type=codec.payload_type,
            key_type=keys[0] if keys else None,
            ptime_ms=_ptime(media),
            direction=_direction(described, media, connection),
            line=line,
        )
    raise NoCodecError("no line of sound in G.711 (PCMU or PCMA) over plain RTP")


def make_offer(host: str, port: int, *, version: int = 0) -> str:
    """Return an offer of both laws and keys at `host`:`port`."""
    types = {number: f"{name}/8000" for name, number in CODECS.items()} | {KEY_TYPE: "telephone-event/8000"}
    return _write(host, [_sound(port, types, KEY_TYPE, 20, "sendrecv")], version)


def make_answer(offer: SdpMessage, media: Media, host: str, port: int, *, version: int = 0) -> str:
    """Return the answer that takes `media` of an offer and refuses its other lines."""
    types = {media.payload_type: f"{media.codec}/8000"}
    if media.key_type is not None:
        types[media.key_type] = "telephone-event/8000"
    ours = _sound(port, types, media.key_type, media.ptime_ms, _ANSWERS[media.direction])
    ours.proto = offer.media[media.line].proto
    lines = [
        ours if number == media.line else MediaDescription(media=each.media, proto=each.proto, formats=each.formats)
        for number, each in enumerate(offer.media)
    ]
    return _write(host, lines, version)


def _sound(port: int, types: dict[int, str], key_type: int | None, ptime_ms: int, direction: str) -> MediaDescription:
    attributes = {"rtpmap": [f"{number} {name}" for number, name in types.items()]}
    if key_type is not None:
        attributes["fmtp"] = [f"{key_type} 0-15"]
    attributes["ptime"] = [str(ptime_ms)]
    attributes[direction] = []
    return MediaDescription(media="audio", port=port, formats=[str(number) for number in types], attributes=attributes)


def _write(host: str, media: list[MediaDescription], version: int) -> str:
    family = "IP6" if ":" in host else "IP4"
    began = str(int(time.time()))
    return serialize_sdp(
        SdpMessage(
            origin=Origin(
                username="zhanggui",
                session_id=began,
                session_version=str(int(began) + version),
                addr_type=family,
                address=host,
            ),
            session_name="-",
            connection=ConnectionData(addr_type=family, address=host),
            media=media,
        )
    )


def _direction(described: SdpMessage, media: MediaDescription, connection: ConnectionData) -> str:
    if connection.address in ("0.0.0.0", "::"):  # noqa: S104 - how old telephones hold a call (RFC 2543)
        return "inactive"
    for attributes in (media.attributes, described.attributes):
        for direction in _ANSWERS:
            if direction in attributes:
                return direction
    return "sendrecv"


def _ptime(media: MediaDescription) -> int:
    wanted = min(_number(media, "ptime", 20), _number(media, "maxptime", max(_PTIMES_MS)))
    return wanted if wanted in _PTIMES_MS else 20


def _number(media: MediaDescription, name: str, default: int) -> int:
    value = (media.attributes.get(name) or [""])[0].split()
    return int(value[0]) if value and value[0].isascii() and value[0].isdigit() else default
