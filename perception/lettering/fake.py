"""A deterministic reader for tests: every picture that shows anything bears the same lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.ports import Capabilities, Picture
from core.types import SeenText
from perception.seeing.pixels import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeReader:
    """Read what it was told to, below each other; nothing from a picture of one colour."""

    lines: tuple[str, ...]

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages."""
        return Capabilities(languages=("zh", "en", "*"))

    async def read(self, picture: Picture, *, attachment_id: str) -> tuple[SeenText, ...]:
        """Return the lines; raises `MediaError` when the picture is not uint8 RGB."""
        if checked(picture).min() == picture.max():
            return ()
        share = 1 / max(len(self.lines), 1)
        return tuple(
            SeenText(
                attachment_id=attachment_id, text=line, confidence=1.0, region=(0.0, at * share, 1.0, (at + 1) * share)
            )
            for at, line in enumerate(self.lines)
        )


def build(model: str, models: Path, *, text: str = "LOT 7") -> FakeReader:
    """Build the fake; `text` holds its lines, separated by "|"."""
    return FakeReader(lines=tuple(line for line in text.split("|") if line))
