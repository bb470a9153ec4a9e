"""Voice notes: Opus in Ogg, as Telegram plays them."""

from __future__ import annotations

import io

import soundfile
import soxr

_RATE_HZ = 48_000
"""Opus knows five rates, and this one is each voice's neighbour."""


def as_voice_note(wav: bytes) -> bytes:
    """Return a recording as mono Ogg/Opus; raises `ValueError` when it is none."""
    try:
        samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"the recording cannot be read: {error}") from error
    mono = soxr.resample(samples.mean(axis=1), rate, _RATE_HZ)
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", samplerate=_RATE_HZ, channels=1, format="OGG", subtype="OPUS") as note:
        for start in range(0, len(mono), _RATE_HZ):  # the encoder wants small bites
            note.write(mono[start : start + _RATE_HZ])
    return out.getvalue()
