"""Speech recognition with faster-whisper (CTranslate2), on CPU or CUDA."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.transcribe import Segment
from numpy.typing import NDArray

from core.batching import ModelQueue
from core.models import locate
from core.ports import Capabilities, Pcm
from core.types import Expect, Language, Transcript, Word
from perception.hearing import whisper
from perception.hearing.speech import checked
from perception.hearing.voiced import RATE_HZ, Voiced, voiced
from perception.hearing.whisper import Stretch

_WINDOW_FRAMES = 3000
"""Whisper's window: 30 s in frames of 10 ms."""
_PAD_FRAMES = 500
_LEAST_FRAMES = 1000
_FEWEST_TOKENS = 16
_TOKENS_PER_S = 12
"""More than the fastest speaker fills; it ends a loop early."""
_CONTROL_TOKENS = 8
"""Room for the tokens of language, task and times."""
_LOOP_PENALTY = 1.1
"""Against repeated tokens, when a loop is decoded again; always on, it would eat repeated digits."""
_FRAME = 160
"""Samples in a frame of 10 ms."""


class _OwnLength(WhisperModel):  # type: ignore[misc]  # the library ships no types
    """Encode a window at its own length plus a pad, and the first window once only.

    The library fills every window up to 30 s, and the encoder then costs the same for 2 s of speech
    as for 30 s. Cutting the pad to 5 s takes a quarter of the time; below 10 s in all, short answers
    ("yes", a digit) are heard as loops.
    """

    ready: Any = None
    """The first window, encoded once for the language and every attempt."""
    least: int = _LEAST_FRAMES
    """Frames of a window at least, speech and pad together."""

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Return the encoder's output for one window of shape (mels, frames), padded with zeros."""
        if self.ready is not None:
            output, self.ready = self.ready, None
            return output
        spoken = int(np.flatnonzero(features.any(axis=0))[-1]) + 1
        length = min(_WINDOW_FRAMES, max(spoken + _PAD_FRAMES, self.least))
        return super().encode(np.ascontiguousarray(pad_or_trim(features, length)))


_Heard: TypeAlias = tuple[Pcm, Language | None, str]
"""A recording, its language where that is known, and the hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FasterWhisper:
    """Recognise speech with a CTranslate2 Whisper model, voice activity first."""

    model: _OwnLength
    device: str
    beam: int
    word_times: bool
    queue: ModelQueue[_Heard, Transcript] = field(init=False)

    def __post_init__(self) -> None:
        """Open the queue, one recording at a time: each window has its own length, which saves more than a batch."""
        object.__setattr__(self, "queue", ModelQueue(name="faster-whisper", run=self._hear, most=1))

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the sampling rate."""
        languages = ("zh", "en", "*") if self.model.model.is_multilingual else ("en",)
        return Capabilities(device=self.device, languages=languages, sample_rate=RATE_HZ)

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words of `speech`; see `core.ports.SpeechRecognizer`.

        Silero's voice activity decides first, so that silence and noise cost milliseconds and give no
        words; what it lets through is dropped when the model itself doubts that somebody spoke.
        """
        return await self.queue.do((checked(speech), language, hint))

    def _hear(self, batch: list[_Heard]) -> list[Transcript]:
        return [self._transcribe(*one) for one in batch]

    def _transcribe(self, speech: Pcm, language: Language | None, hint: str) -> Transcript:
        spoken = voiced(speech)
        if spoken is None:
            return whisper.nobody(language)
        features = self.model.feature_extractor(spoken.pcm[: _WINDOW_FRAMES * _FRAME])[:, :-1]
        encoded = self.model.encode(features)
        chosen = self._language(encoded, spoken, language)
        first, *others = whisper.prompts(chosen, hint)
        stretches = self._decode(spoken, chosen, first, encoded)
        for before in others:
            if whisper.is_doubtful(stretches):
                stretches = whisper.likelier(stretches, self._decode(spoken, chosen, before, encoded))
        if whisper.is_loop(stretches):
            plain = whisper.prompts(chosen, "")[0]
            stretches = self._decode(spoken, chosen, plain, encoded, repetition_penalty=_LOOP_PENALTY)
        if whisper.is_clipped(stretches, spoken.duration_s):
            longer = self._at_full_length(spoken, chosen, first)
            stretches = stretches if whisper.is_doubtful(longer) else longer
        return whisper.transcript(stretches, chosen)

    def _at_full_length(self, spoken: Voiced, language: Language, before: str | None) -> Sequence[Stretch]:
        """Decode in whole windows of 30 s, in which Whisper does not stop after the first word.

        It did so in 3 of 5 "Where is my order?" and in 4 of 4 "转人工" on the telephone; it costs four times the work.
        """
        self.model.least = _WINDOW_FRAMES
        try:
            return self._decode(spoken, language, before)
        finally:
            self.model.least = _LEAST_FRAMES

    def _language(self, encoded: Any, spoken: Voiced, wanted: Language | None) -> Language:
        if wanted and wanted in self.model.supported_languages:
            return wanted
        if not self.model.model.is_multilingual:
            return "en"
        probabilities = self.model.model.detect_language(encoded)[0]
        return whisper.likely(
            {token.strip("<|>"): chance for token, chance in probabilities}, speech_s=spoken.duration_s
        )

    def _decode(
        self,
        spoken: Voiced,
        language: Language,
        before: str | None,
        encoded: Any = None,
        *,
        repetition_penalty: float = 1.0,
    ) -> Sequence[Stretch]:
        self.model.ready = encoded
        segments, _ = self.model.transcribe(
            spoken.pcm,
            language=language,
            beam_size=self.beam,
            temperature=0.0,
            repetition_penalty=repetition_penalty,
            condition_on_previous_text=False,
            initial_prompt=before,
            max_new_tokens=self._most_tokens(spoken.duration_s, before),
            word_timestamps=self.word_times,
        )
        return [_stretch(segment, spoken) for segment in segments]

    def _most_tokens(self, duration_s: float, before: str | None) -> int:
        said = len(self.model.hf_tokenizer.encode(before).ids) if before else 0
        room: int = self.model.max_length - min(said, self.model.max_length // 2) - _CONTROL_TOKENS
        return min(room, _FEWEST_TOKENS + round(_TOKENS_PER_S * duration_s))


def _stretch(segment: Segment, spoken: Voiced) -> Stretch:
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
        words=spoken.in_recording(words),
    )


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
