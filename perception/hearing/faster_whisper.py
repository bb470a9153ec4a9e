"""Speech recognition with faster-whisper (CTranslate2), on CPU or CUDA."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from ctranslate2 import Device, StorageView
from ctranslate2.models import Whisper
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import Segment
from numpy.typing import NDArray

from core.batching import ModelQueue
from core.models import locate
from core.ports import Capabilities, Pcm
from core.types import Expect, Language, Transcript, Word
from perception.hearing import expected, whisper
from perception.hearing.recent import Recent
from perception.hearing.speech import checked
from perception.hearing.voiced import RATE_HZ, Voiced, voiced
from perception.hearing.whisper import Stretch

_WINDOW_FRAMES = 3000
"""Whisper's window: 30 s in frames of 10 ms."""
_PAD_FRAMES = 500
_LEAST_FRAMES = 800
"""Of a window, speech and pad together; in 600 more sentences are heard as loops."""
_LEAST_FRAMES_SHORT = 1000
"""The same for a word or two: of 20 digits 9 are heard, in 800 frames 8, in 600 only 5."""
_FEWEST_TOKENS = 16
_TOKENS_PER_S = 12
"""More than the fastest speaker fills; it ends a loop early."""
_CONTROL_TOKENS = 8
"""Room for the tokens of language, task and times."""
_LOOP_PENALTY = 1.1
"""Against repeated tokens, when a loop is decoded again; always on, it would eat repeated digits."""
_OTHER_AT_LEAST = 0.3
"""Probability of the other language, below which doubtful words are not heard in it."""
_FRAME = 160
"""Samples in a frame of 10 ms."""
_LONG_PAUSE_S = 0.5
"""Between the parts of a number that is read out; between the words of a sentence it is shorter."""
_OUTPUTS_PER_S = 50
"""Positions of the encoder's output."""
_AFTER_ANSWER_S = 1.0
"""Of the silence after a short answer that the decoder sees with it: all of it takes three times as long."""
_HANDFUL = 4
"""Short answers forced on the sound at once; with all of them at once every step leaves the processor's cache."""


class _Window(threading.local):
    """What a thread says of the next window that it has encoded; the library has no argument for it."""

    ready: Any = None
    """The first window, encoded once for the language and every attempt."""
    least: int = _LEAST_FRAMES
    """Frames of a window at least."""
    hums: bool = False
    """Whether zeros pad it, which are the hum of a fan: after it a mumbled word is doubted, and written as a likely
    one after silence. A sentence is now and then written on into the hum."""


class _OwnLength(WhisperModel):  # type: ignore[misc]  # the library ships no types
    """Encode a window at its own length plus a pad, and the first window once only.

    The library fills every window up to 30 s, and the encoder then costs the same for 2 s of speech
    as for 30 s. Cutting the pad to 5 s takes a quarter of the time. The pad of a sentence is as quiet as its
    quietest sound, as it was where Whisper learned.
    """

    def __init__(self, folder: Path, *, device: str, compute: str, threads: int, workers: int) -> None:
        """Load the model, for `workers` threads that each decode with `threads`; see `build`."""
        super().__init__(
            str(folder),
            device=device,
            compute_type=compute,
            cpu_threads=threads,
            num_workers=workers,
            local_files_only=True,
        )
        self.window = _Window()
        self.encoder = self.model
        if workers > 1:
            self.encoder = Whisper(str(folder), device=device, compute_type=compute, intra_threads=threads * workers)

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Return the encoder's output for one window of shape (mels, frames), padded."""
        if self.window.ready is not None:
            output, self.window.ready = self.window.ready, None
            return output
        said = features[:, : int(np.flatnonzero(features.any(axis=0))[-1]) + 1]
        length = min(_WINDOW_FRAMES, max(said.shape[1] + _PAD_FRAMES, self.window.least))
        pad = ((0, 0), (0, length - said.shape[1]))
        window = np.pad(said, pad, constant_values=0.0 if self.window.hums else said.min())
        return self.encoder.encode(StorageView.from_array(np.ascontiguousarray(window[np.newaxis])))


_Heard: TypeAlias = tuple[Pcm, Language | None, str, Expect, threading.Event]
"""A recording, its language where that is known, the hint, what was asked for, and whether nobody waits any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Utterance:
    """Speech on its way through the attempts."""

    spoken: Voiced
    encoded: Any
    """The encoder's output for its first window; None to encode it anew."""
    hint: str
    expect: Expect
    given_up: threading.Event
    """Set when nobody waits for the words any more: the caller spoke on, and all is recognised anew."""

    @property
    def is_short(self) -> bool:
        """Return whether it is a word or two."""
        return self.spoken.duration_s <= expected.SHORT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class FasterWhisper:
    """Recognise speech with a CTranslate2 Whisper model, voice activity first."""

    model: _OwnLength
    device: str
    beam: int
    word_times: bool
    beside: ThreadPoolExecutor | None
    """Decodes the second attempt while the first is decoded, and short answers side by side; None where there is
    no core to spare."""
    queue: ModelQueue[_Heard, Transcript] = field(init=False)
    recent: Recent = field(default_factory=Recent)

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
        given_up = threading.Event()
        try:
            return await self.queue.do((checked(speech), language, hint, expect, given_up))
        finally:
            given_up.set()

    def _hear(self, batch: list[_Heard]) -> list[Transcript]:
        return [self._transcribe(*one) for one in batch]

    def _transcribe(
        self, speech: Pcm, language: Language | None, hint: str, expect: Expect, given_up: threading.Event
    ) -> Transcript:
        spoken = voiced(speech)
        if spoken is None:
            return whisper.nobody(language)
        said = (spoken.fingerprint, language, hint, expect)
        if (known := self.recent.get(said)) is not None:
            return known
        window, is_short = self.model.window, spoken.duration_s <= expected.SHORT_S
        window.least, window.hums = (_LEAST_FRAMES_SHORT if is_short else _LEAST_FRAMES), is_short
        features = self.model.feature_extractor(spoken.pcm[: _WINDOW_FRAMES * _FRAME])[:, :-1]
        encoded = self.model.encode(features)
        if given_up.is_set():  # the caller spoke on, and the next recording waits
            return whisper.nobody(language)
        one = _Utterance(spoken=spoken, encoded=encoded, hint=hint, expect=expect, given_up=given_up)
        chosen = self._language(one, language)
        stretches = self._listen(one, chosen)
        if given_up.is_set():
            return whisper.transcript(stretches, chosen)
        other = self._other(one, chosen) if whisper.is_doubtful(stretches) else None
        if other is not None:
            again = self._listen(one, other)
            if whisper.likelier(stretches, again) is again:
                stretches, chosen = again, other
        return self.recent.keep(said, whisper.transcript(stretches, chosen))

    def _listen(self, one: _Utterance, language: Language) -> Sequence[Stretch]:
        """Decode in one language, as often as there is doubt and something else to try.

        Every second sentence is decoded twice, so the second attempt does not wait for doubt about the first.
        """
        written = expected.written(language, one.expect)
        first, *others = whisper.prompts(language, one.hint, written, is_sentence=not one.is_short)
        with self._ahead(one, language, others) as attempts:
            stretches = self._decode(one, language, first)
            if one.given_up.is_set():
                return stretches
            if one.is_short and (short := self._short(one, language, stretches)) is not None:
                return (short,)
            for before, attempt in zip(others, attempts, strict=True):
                if one.given_up.is_set():
                    return stretches
                is_example = expected.is_example(_text(stretches), language, one.expect)
                if is_example or whisper.is_worth_another(stretches, before):
                    stretches = whisper.likelier(stretches, attempt())
        if whisper.is_loop(stretches) or whisper.is_rushed(stretches, one.spoken.duration_s):
            plain = whisper.prompts(language, "")[0]
            stretches = whisper.once(self._decode(one, language, plain, repetition_penalty=_LOOP_PENALTY))
        if whisper.is_rushed(stretches, one.spoken.duration_s):
            return ()
        if whisper.is_clipped(stretches, one.spoken.duration_s):
            longer = self._at_full_length(one, language, first)
            stretches = stretches if whisper.is_doubtful(longer) else longer
        return stretches

    @contextmanager
    def _ahead(
        self, one: _Utterance, language: Language, others: Sequence[str | None]
    ) -> Iterator[list[Callable[[], Sequence[Stretch]]]]:
        """Give the attempts after the first, to be made when they are called; the next is begun already.

        What has not begun when it is called is made at once, and what nobody called is not begun any more.
        """
        attempts = [partial(self._decode, one, language, before) for before in others]
        if not attempts or self.beside is None:
            yield list(attempts)
            return
        second = self.beside.submit(attempts[0])
        try:
            yield [lambda: attempts[0]() if second.cancel() else second.result(), *attempts[1:]]
        finally:
            second.cancel()

    def _short(self, one: _Utterance, language: Language, heard: Sequence[Stretch]) -> Stretch | None:
        """Return the likeliest of the short answers, where what was heard freely is doubtful or no answer.

        Each is forced on the sound, and the decoder tells how likely its tokens were.
        """
        if one.expect == "listening":
            return self._sign_of_listening(one, language, heard)
        lacks_words = whisper.is_doubtful(heard) if one.expect else not whisper.has_words(heard)
        if not lacks_words and expected.fits(_text(heard), language, one.expect):
            return None
        answers = expected.short_answers(language, one.expect)
        return expected.chosen(answers, self._forced(one, language, [answer for answer, _ in answers]))

    def _sign_of_listening(self, one: _Utterance, language: Language, heard: Sequence[Stretch]) -> Stretch | None:
        """Return the "uh-huh" that a word or two may be; none for nothing, and for what was heard clearly."""
        if whisper.is_clear(heard) or not whisper.has_words(heard):
            return None
        signs = expected.short_answers(language, one.expect)
        *logprobs, own = self._forced(one, language, [*(sign for sign, _ in signs), _text(heard).strip()])
        return expected.sign_of_listening(signs, logprobs, heard=own, is_doubtful=whisper.is_doubtful(heard))

    def _forced(self, one: _Utterance, language: Language, texts: Sequence[str]) -> list[list[float]]:
        """Return how likely the tokens of each text are, as log probabilities, where it is forced on the sound."""
        tokenizer = Tokenizer(self.model.hf_tokenizer, self.model.model.is_multilingual, "transcribe", language)
        before = whisper.prompts(language, "")[0]
        said = tokenizer.encode(f" {before}") if before else []
        start = self.model.get_prompt(tokenizer, said, without_timestamps=True)
        tokens = [tokenizer.encode(text if language == "zh" else f" {text}") for text in texts]
        heard_to = round((one.spoken.duration_s + _AFTER_ANSWER_S) * _OUTPUTS_PER_S)
        sound = np.asarray(one.encoded.to_device(Device.cpu))[:, :heard_to]

        def forced(few: Sequence[list[int]]) -> list[list[float]]:
            copies = StorageView.from_array(np.repeat(sound, len(few), axis=0))
            found = self.model.model.align(copies, start, few, 2 * sound.shape[1])
            return [np.log(np.maximum(1e-9, each.text_token_probs)).tolist() for each in found]

        handfuls = [tokens[at : at + _HANDFUL] for at in range(0, len(tokens), _HANDFUL)]
        scored = self.beside.map(forced, handfuls) if self.beside else map(forced, handfuls)
        return list(chain.from_iterable(scored))

    def _at_full_length(self, one: _Utterance, language: Language, before: str | None) -> Sequence[Stretch]:
        """Decode in whole windows of 30 s, in which Whisper does not stop after the first word.

        It did so in 3 of 5 "Where is my order?" and in 4 of 4 "转人工" on the telephone; it costs four times the work.
        """
        window = self.model.window
        least, window.least = window.least, _WINDOW_FRAMES
        try:
            return self._decode(replace(one, encoded=None), language, before)
        finally:
            window.least = least

    def _language(self, one: _Utterance, wanted: Language | None) -> Language:
        if wanted and wanted in self.model.supported_languages:
            return wanted
        if not self.model.model.is_multilingual:
            return "en"
        return whisper.likely(self._chances(one), speech_s=one.spoken.duration_s)

    def _other(self, one: _Utterance, chosen: Language) -> Language | None:
        """Return the other language of the house where the sound may be of it, as in a sentence with both."""
        other = whisper.other_home(chosen)
        if not self.model.model.is_multilingual or other is None or one.is_short:
            return None
        return other if self._chances(one).get(other, 0.0) >= _OTHER_AT_LEAST else None

    def _chances(self, one: _Utterance) -> dict[str, float]:
        probabilities = self.model.model.detect_language(one.encoded)[0]
        return {token.strip("<|>"): chance for token, chance in probabilities}

    def _decode(
        self, one: _Utterance, language: Language, before: str | None, *, repetition_penalty: float = 1.0
    ) -> Sequence[Stretch]:
        """Decode from the first window on, by the times that the model writes.

        Without them a sentence takes two steps less, and no wrong time has the library hear the silence as another;
        but after a long pause within it the model stops. A word or two goes with its zeros better with them.
        """
        self.model.window.ready = one.encoded
        spoken = one.spoken
        segments, _ = self.model.transcribe(
            spoken.pcm,
            language=language,
            beam_size=self.beam,
            temperature=0.0,
            repetition_penalty=repetition_penalty,
            condition_on_previous_text=False,
            no_speech_threshold=None,  # the voice activity heard somebody, and `whisper.transcript` judges the words
            initial_prompt=before,
            without_timestamps=not (self.word_times or one.is_short or spoken.pause_s >= _LONG_PAUSE_S)
            and spoken.pcm.size <= _WINDOW_FRAMES * _FRAME,
            max_new_tokens=self._most_tokens(spoken.duration_s, before),
            word_timestamps=self.word_times,
        )
        return [_stretch(segment, spoken, before) for segment in segments]

    def _most_tokens(self, duration_s: float, before: str | None) -> int:
        said = len(self.model.hf_tokenizer.encode(before).ids) if before else 0
        room: int = self.model.max_length - min(said, self.model.max_length // 2) - _CONTROL_TOKENS
        return min(room, _FEWEST_TOKENS + round(_TOKENS_PER_S * duration_s))


def _text(stretches: Sequence[Stretch]) -> str:
    return "".join(one.text for one in stretches)


def _stretch(segment: Segment, spoken: Voiced, before: str | None) -> Stretch:
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
        before=before or "",
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
    """Load a model folder (model.bin, config.json, tokenizer.json).

    `compute` is a CTranslate2 type: "int8" on CPU, "float16" on CUDA. On a CPU two attempts at a sentence are decoded
    side by side, each with `threads`; 0 takes half of the cores, at most 4. On two cores one thread decodes in three
    quarters of the time of two, and encodes in twice their time; so the encoder is loaded once more, with the threads
    of both.
    """
    folder = locate(model or "whisper-base", models, "model.bin", "config.json", "tokenizer.json")
    cores = os.cpu_count() or 1
    workers = 2 if device == "cpu" and cores > 1 else 1
    loaded = _OwnLength(
        folder,
        device=device,
        compute=compute,
        threads=threads or max(1, min(4, cores // workers)),
        workers=workers,
    )
    beside = ThreadPoolExecutor(workers, thread_name_prefix="faster-whisper-beside") if workers > 1 else None
    return FasterWhisper(model=loaded, device=device, beam=beam, word_times=word_times, beside=beside)
