"""What chan_websocket sends: formats of sound, and events in either of two spellings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from channels.phone.codec import Int16, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw


def _from_linear(data: bytes) -> Int16:
    return np.frombuffer(data, dtype="<i2")


def _to_linear(samples: Int16) -> bytes:
    return samples.astype("<i2").tobytes()


@dataclass(frozen=True, slots=True)
class Format:
    """How sound is written."""

    rate_hz: int
    decode: Callable[[bytes], Int16] = _from_linear
    encode: Callable[[Int16], bytes] = _to_linear
    sample_bytes: int = 2


FORMATS = {
    "ulaw": Format(8_000, decode_ulaw, encode_ulaw, 1),
    "alaw": Format(8_000, decode_alaw, encode_alaw, 1),
    "slin": Format(8_000),
    "slin12": Format(12_000),
    "slin16": Format(16_000),
    "slin24": Format(24_000),
    "slin32": Format(32_000),
    "slin44": Format(44_100),
    "slin48": Format(48_000),
}
"""Asterisk's name -> how to read and write it."""


@dataclass(frozen=True, slots=True)
class Event:
    """What Asterisk says in a text frame."""

    name: str
    fields: Mapping[str, str]
    is_json: bool

    @property
    def id(self) -> str:
        """Return the id of the command that it answers."""
        return self.fields.get("correlation_id", "")


def parse(text: str) -> Event | None:
    """Return an event, written as JSON or in plain words ("DTMF_END digit:5"); None where it is neither."""
    if not text.startswith("{"):
        name, *words = text.split()[:64] or [""]
        pairs = (word.partition(":") for word in words)
        fields = {key: value for key, colon, value in pairs if colon} or {"correlation_id": words[0] if words else ""}
        return Event(name, fields, False) if name.isupper() else None
    try:
        told: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    fields = {key: str(value) for key, value in told.items() if isinstance(value, str | int)}
    return Event(fields["event"], fields, True) if "event" in fields else None
