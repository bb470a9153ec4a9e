"""Speech recognition with OpenAI's own Whisper (PyTorch), on CPU or CUDA, from a local checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError  # noqa: S403  # only the error of torch.load(weights_only=True)
from typing import Any

import torch
import whisper as library

from core.batching import ModelQueue
from core.errors import BackendError, ModelMissingError
from core.ports import Capabilities, Pcm
from core.resilience import in_worker
from core.types import Expect, Language, Transcript, Word
from perception.hearing import expected, whisper
from perception.hearing.speech import checked
from perception.hearing.voiced import RATE_HZ, Voiced, voiced
from perception.hearing.whisper import Stretch

_WINDOW_S = 30.0
"""What Whisper hears at once; longer recordings are heard window after window, alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """One recording on its way through a batch."""

    spoken: Voiced
    language: Language | None
    hint: str
    expect: Expect

    def prompts(self, language: Language) -> tuple[str | None, ...]:
        """Return the words that are told to have come before, for each attempt."""
        is_sentence = self.spoken.duration_s > expected.SHORT_S
        return whisper.prompts(language, self.hint, expected.written(language, self.expect), is_sentence=is_sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIWhisper:
    """Recognise speech with a PyTorch Whisper model, voice activity first, recordings of several talks in one batch."""

    device: str
    languages: tuple[Language, ...]
    queue: ModelQueue[_Heard, Transcript]

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the sampling rate."""
        return Capabilities(device=self.device, languages=self.languages, sample_rate=RATE_HZ)

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words of `speech`; see `core.ports.SpeechRecognizer`."""
        spoken = await in_worker(voiced, checked(speech))
        if spoken is None:
            return whisper.nobody(language)
        return await self.queue.do(_Heard(spoken=spoken, language=language, hint=hint, expect=expect))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ears:
    """The model and how it decodes."""

    model: Any
    half: bool
    """Whether activations are float16 (CUDA)."""
    beam: int
    word_times: bool

    def hear(self, batch: list[_Heard]) -> Sequence[Transcript]:
        """Return the words of each recording: one pass of the encoder, one of the decoder for each language."""
        said: dict[int, Transcript] = {}
        short = [at for at, one in enumerate(batch) if one.spoken.duration_s <= _WINDOW_S and not self.word_times]
        for at, one in enumerate(batch):
            if at not in short:
                said[at] = self._at_length(one)
        if short:
            said |= dict(zip(short, self._at_once([batch[at] for at in short]), strict=True))
        return [said[at] for at in range(len(batch))]

    def _at_once(self, batch: list[_Heard]) -> Sequence[Transcript]:
        with torch.inference_mode():
            windows = torch.stack([self._window(one) for one in batch])
            sound = self.model.encoder(windows.half() if self.half else windows)
            languages = self._languages(sound, batch)
            attempts = [one.prompts(language) for language, one in zip(languages, batch, strict=True)]
            heard: dict[int, Sequence[Stretch]] = {}
            for number in range(max(map(len, attempts))):
                asked: dict[tuple[Language, str | None], list[int]] = {}
                for at, prompts in enumerate(attempts):
                    if number < len(prompts) and _is_to_hear(heard.get(at), prompts[number]):
                        asked.setdefault((languages[at], prompts[number]), []).append(at)
                for (language, before), rows in asked.items():
                    for at, stretches in zip(rows, self._decode(sound[rows], language, before), strict=True):
                        heard[at] = whisper.likelier(heard[at], stretches) if at in heard else stretches
        return [whisper.transcript(heard[at], language) for at, language in enumerate(languages)]

    def _decode(self, sound: torch.Tensor, language: Language, before: str | None) -> Iterator[Sequence[Stretch]]:
        options = library.DecodingOptions(
            language=language,
            beam_size=self.beam if self.beam > 1 else None,
            prompt=before,
            fp16=self.half,
        )
        for one in _Decoding(self.model, options).run(sound):
            yield [
                Stretch(
                    text=one.text,
                    avg_logprob=one.avg_logprob,
                    no_speech_prob=one.no_speech_prob,
                    compression_ratio=one.compression_ratio,
                    tokens=len(one.tokens),
                    before=before or "",
                )
            ]

    def _at_length(self, one: _Heard) -> Transcript:
        """Hear one recording of any length, with the times of its words where they are wanted."""
        with torch.inference_mode():
            window = self._window(one).unsqueeze(0)
            sound = self.model.encoder(window.half() if self.half else window)
            chosen = self._languages(sound, [one])[0]
        first, *others = one.prompts(chosen)
        stretches = self._transcribe(one.spoken, chosen, first)
        for before in others:
            if _is_to_hear(stretches, before):
                stretches = whisper.likelier(stretches, self._transcribe(one.spoken, chosen, before))
        return whisper.transcript(stretches, chosen)

    def _transcribe(self, spoken: Voiced, language: Language, before: str | None) -> Sequence[Stretch]:
        result = library.transcribe(
            self.model,
            spoken.pcm,
            language=language,
            beam_size=self.beam if self.beam > 1 else None,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=before,
            word_timestamps=self.word_times,
            fp16=self.half,
        )
        return [_stretch(one, spoken, before) for one in result["segments"]]

    def _window(self, one: _Heard) -> torch.Tensor:
        """Return the log-mel spectrogram of the first 30 s, of shape (mels, 3000)."""
        pcm = library.pad_or_trim(one.spoken.pcm)
        return torch.as_tensor(library.log_mel_spectrogram(pcm, self.model.dims.n_mels, device=self.model.device))

    def _languages(self, sound: torch.Tensor, batch: list[_Heard]) -> list[Language]:
        """Return the language of each recording; `sound` is the encoder's output for them."""
        if not self.model.is_multilingual:
            return ["en"] * len(batch)
        known = [one.language if one.language in library.tokenizer.LANGUAGES else None for one in batch]
        if None in known:
            _, guesses = library.detect_language(self.model, sound)
            for at, (chances, one) in enumerate(zip(guesses, batch, strict=True)):
                known[at] = known[at] or whisper.likely(chances, speech_s=one.spoken.duration_s)
        return [language or "en" for language in known]


def _is_to_hear(heard: Sequence[Stretch] | None, before: str | None) -> bool:
    return heard is None or whisper.is_worth_another(heard, before)


class _Decoding(library.decoding.DecodingTask):  # type: ignore[misc]  # the library ships no types
    """Decode several recordings with beams: the library (20250625) repeats the tokens for each beam, not the sound."""

    def _get_audio_features(self, mel: torch.Tensor) -> torch.Tensor:
        sound: torch.Tensor = super()._get_audio_features(mel)
        return sound.repeat_interleave(self.n_group, dim=0) if len(sound) > 1 else sound

    def _detect_language(self, audio_features: torch.Tensor, tokens: torch.Tensor) -> Any:
        return super()._detect_language(audio_features[:: self.n_group], tokens)


def _stretch(segment: dict[str, Any], spoken: Voiced, before: str | None) -> Stretch:
    words = tuple(
        Word(text=word["word"].strip(), start_s=word["start"], end_s=word["end"], confidence=word["probability"])
        for word in segment.get("words", ())
    )
    return Stretch(
        text=segment["text"],
        avg_logprob=segment["avg_logprob"],
        no_speech_prob=segment["no_speech_prob"],
        compression_ratio=segment["compression_ratio"],
        tokens=len(segment["tokens"]),
        words=spoken.in_recording(words),
        before=before or "",
    )


def build(
    model: str,
    models: Path,
    *,
    device: str = "cpu",
    compute: str = "",
    beam: int = 2,
    word_times: bool = False,
    batch: int = 8,
    wait_ms: float = 0.0,
) -> OpenAIWhisper:
    """Load a checkpoint {"dims", "model_state_dict"}: a path to a .pt file, or NAME for models/NAME/model.pt.

    `compute` is "float16" (the default on CUDA) or "float32"; `batch` recordings are heard at once at most.
    The library reads the file with `torch.load(weights_only=True)`, so that a checkpoint cannot run code. Nothing
    is downloaded.
    """
    file = Path(model).expanduser()
    if not file.is_file():
        file = models / model / "model.pt"
    if not file.is_file():
        raise ModelMissingError(
            f"there is no Whisper checkpoint {model!r}, neither as a file nor as {file}. Give the path of a .pt "
            "file; this fetches one: python -c \"import whisper; whisper.load_model('turbo', download_root='.')\". Or "
            "convert a faster-whisper folder with learning.models.whisper_checkpoint"
        )
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError("asr backend openai-whisper: device=cuda, but torch finds no CUDA; use device=cpu")
    try:
        loaded = library.load_model(str(file), device=device)
    except (OSError, RuntimeError, KeyError, TypeError, UnpicklingError) as error:
        raise BackendError(f"{file} cannot be loaded as a Whisper checkpoint on {device}: {error}") from error
    half = (compute or ("float16" if device.startswith("cuda") else "float32")) == "float16"
    ears = _Ears(model=loaded, half=half, beam=beam, word_times=word_times)
    return OpenAIWhisper(
        device=device,
        languages=("zh", "en", "*") if loaded.is_multilingual else ("en",),
        queue=ModelQueue(
            name="openai-whisper", run=ears.hear, most=batch, wait_ms=wait_ms, relief=torch.cuda.empty_cache
        ),
    )
