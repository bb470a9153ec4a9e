"""Where in a recording somebody speaks, by Silero's voice activity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from faster_whisper.vad import SpeechTimestampsMap, VadOptions, collect_chunks, get_speech_timestamps

from core.ports import Pcm
from core.types import Word
from perception.hearing.speech import is_silent

RATE_HZ = 16_000
_EDGE_S = 0.3
"""Silence put before and after the recording: words at the very edge are misheard, short ones most."""
_VOICE = VadOptions(min_speech_duration_ms=100, min_silence_duration_ms=2000, speech_pad_ms=400)
"""Pauses of up to 2 s stay; cutting them runs sentences together."""
_FAINT = replace(_VOICE, threshold=0.35, min_speech_duration_ms=60)
_FAINT_S = 3.0
"""In a recording this short a single digit may be all there is: 2 of 23 were below Silero's usual threshold."""

_WORDS = replace(_VOICE, min_silence_duration_ms=100, speech_pad_ms=0)
"""To find the ends of words: with `_VOICE` a recording that ends in less than 2 s of silence ends with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiced:
    """The parts of a recording with a voice in them, joined."""

    pcm: Pcm
    chunks: tuple[dict[str, int], ...]
    """Where the parts were: "start" and "end", in samples of the recording with its edges."""
    said: tuple[dict[str, int], ...] = ()
    """Where words are said without a pause: "start" and "end", in samples of `pcm`."""

    @property
    def duration_s(self) -> float:
        """Return the length of the joined parts."""
        return len(self.pcm) / RATE_HZ

    @property
    def fingerprint(self) -> bytes:
        """Return what is the same for the same speech with more silence after it."""
        return blake2b(self.pcm[: self.said[-1]["end"] if self.said else None].tobytes(), digest_size=16).digest()

    @property
    def pause_s(self) -> float:
        """Return the longest silence between two words."""
        pauses = (later["start"] - before["end"] for before, later in pairwise(self.said))
        return max(pauses, default=0) / RATE_HZ

    def in_recording(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Return the words at their times in the recording as it came, silences and all."""
        original = SpeechTimestampsMap(list(self.chunks), RATE_HZ)

        def moved(word: Word) -> Word:
            chunk = original.get_chunk_index((word.start_s + word.end_s) / 2)
            start, end = (original.get_original_time(at, chunk) - _EDGE_S for at in (word.start_s, word.end_s))
            return replace(word, start_s=max(0.0, start), end_s=max(0.0, end))

        return tuple(moved(word) for word in words)


def voiced(speech: Pcm) -> Voiced | None:
    """Return the parts in which somebody speaks; None for silence and most noise, after milliseconds."""
    if is_silent(speech):
        return None
    padded = np.pad(speech, round(_EDGE_S * RATE_HZ))
    chunks = get_speech_timestamps(padded, _VOICE)
    if not chunks and len(speech) <= _FAINT_S * RATE_HZ:
        chunks = get_speech_timestamps(padded, _FAINT)
    if not chunks:
        return None
    pcm = np.concatenate(collect_chunks(padded, chunks)[0])
    return Voiced(pcm=pcm, chunks=tuple(chunks), said=tuple(get_speech_timestamps(pcm, _WORDS)))
