"""How well the clerk speaks: whether its words are understood, and when its first sound comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from core.errors import ConfigError
from core.types import Language
from learning.evaluation.spoken import signs, words

SENTENCES: tuple[tuple[Language, str], ...] = (
    ("en", "Your order W3912701 was shipped on March 14th."),
    ("en", "The wireless headphones cost $129.99 and are in stock."),
    ("en", "You can return any item within 30 days of delivery, free of charge."),
    ("en", "Sure, I can help you with that. Could you tell me your order number?"),
    ("en", "I have cancelled your order, and the refund will arrive within 5 days."),
    ("zh", "您的订单已经发货，预计3月14日送达。"),
    ("zh", "这款无线耳机的价格是129.9元，现在有货。"),
    ("zh", "蓝色跑步鞋有38码、40码和42码。"),
    ("zh", "退款将在3到5个工作日内退回您的账户，请注意查收。"),
    ("zh", "可以帮您办理7天无理由退货。"),
)
"""Of a shop's day, where no others are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence, spoken and heard."""

    read: str
    """As it is read aloud, numbers in words."""
    heard: str
    first_s: float
    """Until its first sound was there."""
    whole_s: float
    length_s: float
    """Of its sound."""


Say = Callable[[str, Language], Awaitable[Said]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingScores:
    """One language."""

    sentences: int
    errors: float
    """Share of the words (English) or signs (Chinese) that the recogniser heard otherwise."""
    silent: int
    """Sentences without a sound."""
    first_audio: float
    """Time to the first sound as a share of the time for the whole, on average."""
    first_audio_s: float
    rtf: float
    """Seconds spent for a second of sound."""


def read_sentences(file: Path) -> tuple[tuple[Language, str], ...]:
    """Read a line for each sentence: its language (zh, en), a tab, the text. Raises `ConfigError` naming the line."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        language, _, text = line.partition("\t")
        if not line.strip():
            continue
        if language not in ("zh", "en") or not text.strip():
            raise ConfigError(f"{file}, line {number}: expected zh or en, a tab and a text: {line[:40]!r}")
        found.append((language, text.strip()))
    if not found:
        raise ConfigError(f"{file} holds no sentences")
    return tuple(found)


async def score_speaking(say: Say, sentences: Sequence[tuple[Language, str]]) -> dict[Language, SpeakingScores]:
    """Say every sentence and count what is heard otherwise, by language."""
    said = [(language, await say(text, language)) for language, text in sentences]
    return {
        language: _scores(language, [one for spoken, one in said if spoken == language])
        for language in sorted({language for language, _ in said})
    }


def _scores(language: Language, said: Sequence[Said]) -> SpeakingScores:
    taken = words if language == "en" else signs
    pairs = [(taken(one.read), taken(one.heard)) for one in said]
    sounding = [one for one in said if one.length_s]
    length_s = sum(one.length_s for one in sounding)
    count = max(1, len(sounding))
    return SpeakingScores(
        sentences=len(said),
        errors=round(
            sum(Levenshtein.distance(*pair) for pair in pairs) / max(1, sum(len(read) for read, _ in pairs)), 4
        ),
        silent=len(said) - len(sounding),
        first_audio=round(sum(one.first_s / one.whole_s for one in sounding) / count, 4),
        first_audio_s=round(sum(one.first_s for one in sounding) / count, 4),
        rtf=round(sum(one.whole_s for one in sounding) / length_s, 4) if length_s else 0.0,
    )
