"""A deterministic check for tests: what is very red is offensive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.ports import Capabilities, Picture
from core.types import Screening
from perception.seeing.pixels import checked


@dataclass(frozen=True, slots=True)
class FakeScreen:
    """Withhold pictures by the share of their light that is red."""

    threshold: float
    capabilities = Capabilities()

    async def screen(self, picture: Picture, *, attachment_id: str) -> Screening:
        """Return the decision; raises `MediaError` when the picture is not uint8 RGB."""
        red, *others = checked(picture).reshape(-1, 3).mean(axis=0) + 1e-6
        score = float(red / (red + sum(others)))
        bad = score >= self.threshold
        return Screening(
            attachment_id=attachment_id,
            label="offensive" if bad else "",
            score=score,
            by=f"fake, at {self.threshold}",
            is_withheld=bad,
        )


def build(model: str, models: Path, *, threshold: float = 0.8) -> FakeScreen:
    """Build the fake; model and folder are ignored."""
    return FakeScreen(threshold)
