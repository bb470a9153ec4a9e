"""How well speech is understood: wrong words and signs, and the time it takes, per band."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from core.errors import ConfigError
from core.types import Language
from learning.evaluation.spoken import signs, words

_COLUMNS = ("file", "lang", "rate", "transcript")
_TELEPHONE_HZ = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A recording and what is said in it."""

    file: Path
    language: Language
    """"zh" or "en"."""
    rate_hz: int
    """Of the recording as it was made, whatever rate the file has."""
    transcript: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a recogniser makes of one clip."""

    text: str
    duration_s: float
    """Of the recording."""
    spent_s: float
    """Wall time of the recogniser, reading the file not counted."""


Hear = Callable[[Path], Awaitable[Heard]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechScores:
    """Errors are shares of the words or signs said; `rtf` is seconds spent per second of recording.

    The names with 8k are of clips recorded at 8 kHz or less, those without of all others. None where
    there was no such clip.
    """

    clips: int
    wer_en: float | None
    cer_zh: float | None
    rtf: float | None
    empty: int
    """Clips in which nobody was heard."""
    clips_8k: int
    wer_en_8k: float | None
    cer_zh_8k: float | None
    rtf_8k: float | None
    empty_8k: int


def read_clips(manifest: Path) -> tuple[Clip, ...]:
    """Read a TSV with the columns file, lang, rate and transcript; paths are relative to it.

    Rows in neither language (noises, room responses) are left out. Raises `ConfigError`, which names
    the file and what is missing.
    """
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{manifest} cannot be read as a TSV table: {error}") from error
    missing = [name for name in _COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise ConfigError(f"{manifest} needs tab-separated columns {', '.join(_COLUMNS)}; missing: {missing}")
    clips = [
        _clip(manifest, number, row)
        for number, row in enumerate(rows, 2)
        if str(row["lang"]).lower()[:2] in ("zh", "en")
    ]
    if not clips:
        raise ConfigError(f"{manifest} has no row whose lang is zh or en")
    return tuple(clips)


async def score_speech(hear: Hear, clips: Sequence[Clip]) -> SpeechScores:
    """Hear every clip and count the words (English) and signs (Chinese) that are wrong."""
    heard = [(clip, await hear(clip.file)) for clip in clips]
    wide = [pair for pair in heard if pair[0].rate_hz > _TELEPHONE_HZ]
    narrow = [pair for pair in heard if pair[0].rate_hz <= _TELEPHONE_HZ]
    return SpeechScores(
        clips=len(wide),
        wer_en=_error_rate(wide, "en"),
        cer_zh=_error_rate(wide, "zh"),
        rtf=_real_time_factor(wide),
        empty=sum(not one.text for _, one in wide),
        clips_8k=len(narrow),
        wer_en_8k=_error_rate(narrow, "en"),
        cer_zh_8k=_error_rate(narrow, "zh"),
        rtf_8k=_real_time_factor(narrow),
        empty_8k=sum(not one.text for _, one in narrow),
    )


def _clip(manifest: Path, number: int, row: dict[str, str | None]) -> Clip:
    file, rate = row["file"], row["rate"] or ""
    if not file or not row["transcript"] or not rate.isdigit():
        raise ConfigError(f"row {number} of {manifest} has no file, no transcript or no rate in hertz")
    return Clip(
        file=manifest.parent / file,
        language=str(row["lang"]).lower()[:2],
        rate_hz=int(rate),
        transcript=row["transcript"],
    )


def _error_rate(heard: Sequence[tuple[Clip, Heard]], language: Language) -> float | None:
    taken = words if language == "en" else signs
    pairs = [(taken(clip.transcript), taken(one.text)) for clip, one in heard if clip.language == language]
    said = sum(len(spoken) for spoken, _ in pairs)
    return round(sum(Levenshtein.distance(*pair) for pair in pairs) / said, 4) if said else None


def _real_time_factor(heard: Sequence[tuple[Clip, Heard]]) -> float | None:
    length_s = sum(one.duration_s for _, one in heard)
    return round(sum(one.spent_s for _, one in heard) / length_s, 4) if length_s else None
