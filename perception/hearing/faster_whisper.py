"""Speech recognition with faster-whisper (CTranslate2), on CPU or CUDA."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.transcribe import Segment
from faster_whisper.vad import SpeechTimestampsMap, VadOptions, collect_chunks, get_speech_timestamps
from numpy.typing import NDArray

from core.models import locate
from core.ports import Capabilities, Pcm
from core.types import Language, Transcript, Word
from perception.hearing import whisper
from perception.hearing.lane import Lane
from perception.hearing.speech import checked, is_silent
from perception.hearing.whisper import Stretch

_RATE_HZ = 16_000
_WINDOW_FRAMES = 3000
"""Whisper's window: 30 s in frames of 10 ms."""
_PAD_FRAMES = 500
_LEAST_FRAMES = 1000
_EDGE_S = 0.3
"""Silence put before and after the speech: words at the very edge are misheard, short ones most."""
_FEWEST_TOKENS = 16
_TOKENS_PER_S = 12
"""More than the fastest speaker fills; it ends a loop early."""
_CONTROL_TOKENS = 8
"""Room for the tokens of language, task and times."""
_LOOP_PENALTY = 1.1
"""Against repeated tokens, when a loop is decoded again; always on, it would eat repeated digits."""
_FRAME = 160
"""Samples in a frame of 10 ms."""
_VOICE = VadOptions(min_speech_duration_ms=100, min_silence_duration_ms=2000, speech_pad_ms=400)
"""Pauses of up to 2 s stay; cutting them runs sentences together."""


class _OwnLength(WhisperModel):  # type: ignore[misc]  # the library ships no types
    """Encode a window at its own length plus a pad, and the first window once only.

    The library fills every window up to 30 s, and the encoder then costs the same for 2 s of speech
    as for 30 s. Cutting the pad to 5 s takes a quarter of the time; below 10 s in all, short answers
    ("yes", a digit) are heard as loops.
    """

    ready: Any = None
    """The first window, encoded while the language was detected."""

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Return the encoder's output for one window of shape (mels, frames), padded with zeros."""
        if self.ready is not None:
            output, self.ready = self.ready, None
            return output
        spoken = int(np.flatnonzero(features.any(axis=0))[-1]) + 1
        length = min(_WINDOW_FRAMES, max(spoken + _PAD_FRAMES, _LEAST_FRAMES))
        return super().encode(np.ascontiguousarray(pad_or_trim(features, length)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FasterWhisper:
    """Recognise speech with a CTranslate2 Whisper model, voice activity first."""

    model: _OwnLength
    device: str
    beam: int
    word_times: bool
    lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the sampling rate."""
        languages = ("zh", "en", "*") if self.model.model.is_multilingual else ("en",)
        return Capabilities(device=self.device, languages=languages, sample_rate=_RATE_HZ)

    async def transcribe(self, speech: Pcm, *, language: Language | None = None, hint: str = "") -> Transcript:
        """Return the words of `speech`; see `core.ports.SpeechRecognizer`.

        Silero's voice activity decides first, so that silence and noise cost milliseconds and give no
        words; what it lets through is dropped when the model itself doubts that somebody spoke.
        """
        return await self.lane.run(self._transcribe, checked(speech), language, hint)

    def _transcribe(self, speech: Pcm, language: Language | None, hint: str) -> Transcript:
        if is_silent(speech):
            return whisper.nobody(language)
        padded = np.pad(speech, round(_EDGE_S * _RATE_HZ))
        chunks = get_speech_timestamps(padded, _VOICE)
        if not chunks:
            return whisper.nobody(language)
        spoken = np.concatenate(collect_chunks(padded, chunks)[0])
        chosen = self._language(spoken, language)
        stretches = self._decode(spoken, chosen, hint)
        if whisper.is_loop(stretches):
            stretches = self._decode(spoken, chosen, hint, repetition_penalty=_LOOP_PENALTY)
        return whisper.transcript(_at_their_times(stretches, chunks), chosen)

    def _language(self, spoken: Pcm, wanted: Language | None) -> Language:
        self.model.ready = None
        if not self.model.model.is_multilingual:
            return "en"
        if wanted is not None:
            return wanted
        features = self.model.feature_extractor(spoken[: _WINDOW_FRAMES * _FRAME])[:, :-1]
        self.model.ready = encoded = self.model.encode(features)
        probabilities = self.model.model.detect_language(encoded)[0]
        return whisper.likely(
            {token.strip("<|>"): chance for token, chance in probabilities}, speech_s=len(spoken) / _RATE_HZ
        )

    def _decode(self, spoken: Pcm, language: Language, hint: str, *, repetition_penalty: float = 1.0) -> list[Stretch]:
        before = whisper.prompt(language, hint)
        segments, _ = self.model.transcribe(
            spoken,
            language=language,
            beam_size=self.beam,
            temperature=0.0,
            repetition_penalty=repetition_penalty,
            condition_on_previous_text=False,
            initial_prompt=before,
            max_new_tokens=self._most_tokens(spoken, before),
            word_timestamps=self.word_times,
        )
        return [_stretch(segment) for segment in segments]

    def _most_tokens(self, spoken: Pcm, before: str | None) -> int:
        said = len(self.model.hf_tokenizer.encode(before).ids) if before else 0
        room: int = self.model.max_length - min(said, self.model.max_length // 2) - _CONTROL_TOKENS
        return min(room, _FEWEST_TOKENS + round(_TOKENS_PER_S * len(spoken) / _RATE_HZ))


def _stretch(segment: Segment) -> Stretch:
    words = tuple(
        Word(text=word.word.strip(), start_s=word.start, end_s=word.end, confidence=word.probability)
        for word in segment.words or ()
    )
    return Stretch(
        text=segment.text,
        avg_logprob=segment.avg_logprob,
        no_speech_prob=segment.no_speech_prob,
        compression_ratio=segment.compression_ratio,
        tokens=len(segment.tokens),
        words=words,
    )


def _at_their_times(stretches: list[Stretch], chunks: list[dict[str, int]]) -> list[Stretch]:
    """Put back the silences that were cut out between the chunks, and take off the edge."""
    original = SpeechTimestampsMap(chunks, _RATE_HZ)

    def moved(word: Word) -> Word:
        chunk = original.get_chunk_index((word.start_s + word.end_s) / 2)
        start, end = (original.get_original_time(at, chunk) - _EDGE_S for at in (word.start_s, word.end_s))
        return replace(word, start_s=max(0.0, start), end_s=max(0.0, end))

    return [replace(one, words=tuple(moved(word) for word in one.words)) for one in stretches]


def build(
    model: str,
    models: Path,
    *,
    device: str = "cpu",
    compute: str = "int8",
    beam: int = 2,
    word_times: bool = False,
    threads: int = 0,
) -> FasterWhisper:
    """Load a model folder (model.bin, config.json, tokenizer.json); `threads` 0 takes one per core, at most 4.

    `compute` is a CTranslate2 type: "int8" on CPU, "float16" on CUDA.
    """
    folder = locate(model or "whisper-base", models, "model.bin", "config.json", "tokenizer.json")
    loaded = _OwnLength(
        str(folder),
        device=device,
        compute_type=compute,
        cpu_threads=threads or min(4, os.cpu_count() or 1),
        local_files_only=True,
    )
    return FasterWhisper(model=loaded, device=device, beam=beam, word_times=word_times)
