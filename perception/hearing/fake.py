"""A recogniser for tests: it hears what it was told to hear."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.ports import Capabilities, Pcm
from core.types import Expect, Language, Transcript, Word
from perception.hearing.speech import checked, is_silent


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRecognizer:
    """Return the configured words for whatever is loud enough to be heard."""

    text: str
    language: Language
    confidence: float = 1.0

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages and the sampling rate."""
        return Capabilities(languages=("zh", "en"), sample_rate=16_000)

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words, or none for silence; one `Word` spans the recording."""
        speech = checked(speech)
        if is_silent(speech):
            return Transcript(text="", language=language or self.language, confidence=0.0)
        whole = Word(text=self.text, start_s=0.0, end_s=len(speech) / 16_000, confidence=self.confidence)
        return Transcript(
            text=self.text, language=language or self.language, confidence=self.confidence, words=(whole,)
        )


def build(model: str, models: Path, *, language: str = "", confidence: float = 1.0) -> FakeRecognizer:
    """Build the fake; `model` is what it hears ("fake:where is my order"), its script tells the language."""
    text = model or "where is my order"
    spoken = language or ("zh" if any("一" <= sign <= "鿿" for sign in text) else "en")
    return FakeRecognizer(text=text, language=spoken, confidence=confidence)
