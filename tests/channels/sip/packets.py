"""What a telephone sends, packet by packet."""

from __future__ import annotations

import numpy as np
from aiortp import RtpPacket

from channels.phone.codec import decode_ulaw, encode_ulaw

TALK = (8_000 * np.sin(2 * np.pi * 250 * np.arange(80_000) / 8_000)).astype(np.int16)


def as_heard(samples: np.ndarray) -> np.ndarray:
    """Return samples as they are after the line's eight bits."""
    return decode_ulaw(encode_ulaw(samples))


def spoken(
    count: int, *, ms: int = 20, first: int = 65_530, ssrc: int = 7, at: int = 2**32 - 800, kind: int = 0
) -> list[RtpPacket]:
    """Return `count` packets of `TALK`; numbers and timestamps wrap around on the way."""
    size = 8 * ms
    return [
        RtpPacket(
            payload_type=kind,
            sequence_number=(first + index) & 0xFFFF,
            timestamp=(at + index * size) & 0xFFFFFFFF,
            ssrc=ssrc,
            payload=encode_ulaw(TALK[index * size : (index + 1) * size]),
        )
        for index in range(count)
    ]
