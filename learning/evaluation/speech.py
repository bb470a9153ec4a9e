"""How well speech is understood: wrong words and signs, and the time it takes, per band."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

import numpy as np
from rapidfuzz.distance import Levenshtein

from core.errors import ConfigError
from core.types import Expect, Language
from learning.evaluation.labels import area
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
    set: str = ""
    """What it belongs to: the column "set", or the folder of the file."""
    expect: Expect = ""
    """What was asked for, of the column "expect"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a recogniser makes of one clip."""

    text: str
    duration_s: float
    """Of the recording."""
    spent_s: float
    """Wall time of the recogniser, reading the file not counted."""
    confidence: float = 0.0


Hear = Callable[[Clip], Awaitable[Heard]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScores:
    """One set of clips; `right` are those without an error, `empty` those in which nobody was heard."""

    clips: int
    errors: float
    """Share of the words (English) and signs (Chinese) said."""
    right: int
    empty: int


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
    confidence_auc: float | None
    """Chance that a clip heard without an error is surer than one with; None where all or none are right."""
    sets: dict[str, SetScores]


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
    heard = [(clip, await hear(clip)) for clip in clips]
    wide = [pair for pair in heard if pair[0].rate_hz > _TELEPHONE_HZ]
    narrow = [pair for pair in heard if pair[0].rate_hz <= _TELEPHONE_HZ]
    right = np.array([not _errors(*pair)[0] for pair in heard], dtype=bool)
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
        confidence_auc=area(right, np.array([one.confidence for _, one in heard])),
        sets={
            name: _of_set([pair for pair in heard if pair[0].set == name])
            for name in sorted({clip.set for clip in clips})
        },
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
        set=row.get("set") or Path(file).parent.name,
        expect=_expect(manifest, number, row.get("expect") or ""),
    )


def _expect(manifest: Path, number: int, written: str) -> Expect:
    if written not in get_args(Expect):
        known = ", ".join(filter(None, get_args(Expect)))
        raise ConfigError(f"row {number} of {manifest}: expect is {written!r}, not one of {known}")
    return cast("Expect", written)


def _errors(clip: Clip, one: Heard) -> tuple[int, int]:
    """Return how many words or signs are wrong, and how many were said."""
    taken = words if clip.language == "en" else signs
    said = taken(clip.transcript)
    return Levenshtein.distance(said, taken(one.text)), len(said)


def _error_rate(heard: Sequence[tuple[Clip, Heard]], language: Language | None = None) -> float | None:
    counted = [_errors(clip, one) for clip, one in heard if language in (None, clip.language)]
    said = sum(number for _, number in counted)
    return round(sum(wrong for wrong, _ in counted) / said, 4) if said else None


def _of_set(heard: Sequence[tuple[Clip, Heard]]) -> SetScores:
    return SetScores(
        clips=len(heard),
        errors=_error_rate(heard) or 0.0,
        right=sum(not _errors(*pair)[0] for pair in heard),
        empty=sum(not one.text for _, one in heard),
    )


def _real_time_factor(heard: Sequence[tuple[Clip, Heard]]) -> float | None:
    length_s = sum(one.duration_s for _, one in heard)
    return round(sum(one.spent_s for _, one in heard) / length_s, 4) if length_s else None
