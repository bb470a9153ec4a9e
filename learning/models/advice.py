"""What to do by hand when no source could be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from learning.models.catalogue import Model, ModelFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that no source could give."""

    model: Model
    file: ModelFile
    reasons: Mapping[str, str]
    """Why not, by the name of the source."""


def offline_instructions(failures: Sequence[Failure], folder: Path) -> str:
    """Return a text that lets a person finish the job with a browser, another machine or a USB stick."""
    names = list(dict.fromkeys(failure.model.name for failure in failures))
    lines = [f"{len(failures)} file(s) of {', '.join(names)} could not be fetched:"]
    for failure in failures:
        lines.append(f"  {failure.model.name}/{failure.file.name}")
        lines += [f"    {source}: {reason}" for source, reason in failure.reasons.items()]
    lines += [
        "What arrived so far is kept: the same command goes on from there once a source answers. Without a network:",
        "  1. On a machine that has one, run: zhanggui models pull " + " ".join(names),
        "     and carry its models folder (there: models.folder, by default ~/.cache/zhanggui/models) to this one.",
        "  2. Here, run: ZHANGGUI_MODELS__LOCAL=/path/to/that/folder zhanggui models pull " + " ".join(names),
        "     (or set models.local in zhanggui.toml; files are copied and checked).",
        f"  Or put these files in place yourself, below {folder}, and check them with: zhanggui models verify",
    ]
    for failure in failures:
        file = failure.file
        lines.append(f"    {failure.model.name}/{file.name}  {file.size_bytes} bytes  sha256 {file.sha256}")
        lines += [f"      from {place}" for place in _places(failure.model, file)]
    return "\n".join(lines)


def _places(model: Model, file: ModelFile) -> list[str]:
    places = [f"the hub: {model.hub}, file {file.hub}"] if model.hub and file.hub else []
    return places + [
        f"the wheel of {part.package} {part.version} (a zip archive), member {part.member}"
        + (f" (part {number} of {len(file.parts)})" if len(file.parts) > 1 else "")
        for number, part in enumerate(file.parts, 1)
    ]
