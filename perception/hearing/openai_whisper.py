"""Speech recognition with OpenAI's own Whisper (PyTorch), on CPU or CUDA, from a local checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError  # noqa: S403  # only the error of torch.load(weights_only=True)
from typing import Any

import whisper as library

from core.errors import BackendError, ModelMissingError
from core.ports import Capabilities, Pcm
from core.resilience import Lane
from core.types import Language, Transcript, Word
from perception.hearing import whisper
from perception.hearing.speech import checked
from perception.hearing.voiced import RATE_HZ, Voiced, voiced
from perception.hearing.whisper import Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIWhisper:
    """Recognise speech with a PyTorch Whisper model, voice activity first."""

    model: Any
    half: bool
    """Whether activations are float16 (CUDA)."""
    beam: int
    word_times: bool
    lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the sampling rate."""
        languages = ("zh", "en", "*") if self.model.is_multilingual else ("en",)
        return Capabilities(device=str(self.model.device), languages=languages, sample_rate=RATE_HZ)

    async def transcribe(self, speech: Pcm, *, language: Language | None = None, hint: str = "") -> Transcript:
        """Return the words of `speech`; see `core.ports.SpeechRecognizer`."""
        return await self.lane.run(self._transcribe, checked(speech), language, hint)

    def _transcribe(self, speech: Pcm, language: Language | None, hint: str) -> Transcript:
        spoken = voiced(speech)
        if spoken is None:
            return whisper.nobody(language)
        chosen = self._language(spoken, language)
        first, *others = whisper.prompts(chosen, hint)
        stretches = self._decode(spoken, chosen, first)
        for before in others:
            if whisper.is_doubtful(stretches):
                stretches = whisper.likelier(stretches, self._decode(spoken, chosen, before))
        return whisper.transcript(stretches, chosen)

    def _decode(self, spoken: Voiced, language: Language, before: str | None) -> Sequence[Stretch]:
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
        return [_stretch(one, spoken) for one in result["segments"]]

    def _language(self, spoken: Voiced, wanted: Language | None) -> Language:
        if not self.model.is_multilingual:
            return "en"
        if wanted and wanted in library.tokenizer.LANGUAGES:
            return wanted
        window = library.pad_or_trim(
            library.log_mel_spectrogram(
                library.pad_or_trim(spoken.pcm), self.model.dims.n_mels, device=self.model.device
            ),
            library.audio.N_FRAMES,
        )
        _, probabilities = library.detect_language(self.model, window)
        return whisper.likely(probabilities, speech_s=spoken.duration_s)


def _stretch(segment: dict[str, Any], spoken: Voiced) -> Stretch:
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
    )


def build(
    model: str,
    models: Path,
    *,
    device: str = "cpu",
    compute: str = "",
    beam: int = 2,
    word_times: bool = False,
) -> OpenAIWhisper:
    """Load a checkpoint {"dims", "model_state_dict"}: a path to a .pt file, or NAME for models/NAME/model.pt.

    `compute` is "float16" (the default on CUDA) or "float32". The library reads the file with
    `torch.load(weights_only=True)`, so that a checkpoint cannot run code. Nothing is downloaded.
    """
    file = Path(model).expanduser()
    if not file.is_file():
        file = models / model / "model.pt"
    if not file.is_file():
        raise ModelMissingError(
            f"there is no Whisper checkpoint {model!r}, neither as a file nor as {file}. Give the path of a .pt "
            "file from github.com/openai/whisper, or convert a faster-whisper folder with "
            "learning.models.whisper_checkpoint"
        )
    try:
        loaded = library.load_model(str(file), device=device)
    except (OSError, RuntimeError, KeyError, TypeError, UnpicklingError) as error:
        raise BackendError(f"{file} cannot be loaded as a Whisper checkpoint on {device}: {error}") from error
    half = (compute or ("float16" if device.startswith("cuda") else "float32")) == "float16"
    return OpenAIWhisper(model=loaded, half=half, beam=beam, word_times=word_times)
