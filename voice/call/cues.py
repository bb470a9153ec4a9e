"""The small words by which callers hold, give and take the word, in both languages at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import yaml

FILE = Path(str(files("assets"))) / "lexicon" / "turns.yaml"

_MARKS = re.compile(r"[\s,.!?;:…~，。！？；：、—-]+")
_MANY = 24
"""Characters beyond which words are more than a sign, whatever they are."""
_FAREWELL = 40
"""Characters of a farewell at most: "thank you very much for your help, bye"."""
_LETTER = r"(?:是|为|号|\b(?:is|number|code|id))\s?[b-hj-z]"
"""Where an id begins whose letter is said apart: "my number is W", "是 W"; English has words of the others."""
_LETTER_LAST = re.compile(rf"{_LETTER}$")
_DOMAIN = re.compile(r"(?:\.|点| dot )\s?[a-z]{2,}\b", re.IGNORECASE)


_Phrases: TypeAlias = Mapping[str, list[str]]
"""By language."""


@dataclass(frozen=True, slots=True)
class _Only:
    """Match a text of nothing but phrases, one of which is of the wanted kind: "嗯，等一下", "ok ok"."""

    every: re.Pattern[str]
    wanted: re.Pattern[str]

    def matches(self, text: str) -> bool:
        """Return whether a text that is short enough is so."""
        said = folded(text)
        return len(said) <= _MANY and bool(self.every.fullmatch(said)) and bool(self.wanted.search(said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Compare what was said with `assets/lexicon/turns.yaml`."""

    listening: _Only
    hesitating: _Only
    waiting: _Only
    stopping: _Only
    going_on: _Only
    farewell: re.Pattern[str]
    unfinished: re.Pattern[str]
    perhaps: re.Pattern[str]
    announcing: re.Pattern[str]
    postcodes: re.Pattern[str]
    digit: re.Pattern[str]
    ending: re.Pattern[str]
    """Digits at the end of a sentence."""

    def is_backchannel(self, text: str) -> bool:
        """Return whether the words only say that somebody listens: "uh-huh", "好的好的"."""
        return self.listening.matches(text) or self.hesitates(text)

    def hesitates(self, text: str) -> bool:
        """Return whether the words only show that the caller looks for others: "呃", "um"."""
        return self.hesitating.matches(text)

    def asks_to_wait(self, text: str) -> bool:
        """Return whether the words ask for a moment, and for nothing else."""
        return self.waiting.matches(text)

    def asks_to_stop(self, text: str) -> bool:
        """Return whether the words ask for silence, and for nothing else."""
        return self.stopping.matches(text)

    def asks_to_go_on(self, text: str) -> bool:
        """Return whether the words ask for the rest of what was cut off."""
        return self.going_on.matches(text)

    def is_farewell(self, text: str) -> bool:
        """Return whether a short sentence ends with the words that end a call."""
        return len(text) <= _FAREWELL and bool(self.farewell.search(folded(text)))

    def is_unfinished(self, text: str) -> bool:
        """Return whether a sentence cannot end so: "because", "my order number is", "然后"."""
        said = folded(text)
        return bool(self.unfinished.search(said) or _LETTER_LAST.search(said))

    def is_perhaps_unfinished(self, text: str) -> bool:
        """Return whether it may end so or not: "的", "for"."""
        return bool(self.perhaps.search(folded(text)))

    def dictated(self, text: str, *, announced: bool) -> int | None:
        """Return how many digits of a dictated number were said; None where none is being dictated.

        `announced` says that one was asked for; else the caller's own words must announce it.
        """
        last = None
        for last in self.announcing.finditer(text):  # noqa: B007 - the last one counts
            pass
        if last is None and not announced:
            return None
        return len(self.digit.findall(text[last.end() :] if last else text))

    def last_digits(self, text: str) -> int:
        """Return how many digits a sentence ends with."""
        found = self.ending.search(text)
        return len(self.digit.findall(found[0])) if found else 0

    def tells_postcode(self, text: str) -> bool:
        """Return whether the words announce a postcode."""
        return bool(self.postcodes.search(text))

    def is_only_digits(self, text: str) -> bool:
        """Return whether nothing but digits was said: "3", "three five"."""
        return not folded(self.digit.sub("", text))


def folded(text: str) -> str:
    """Return the words in lower case with one space in place of marks."""
    return _MARKS.sub(" ", text.lower().replace("’", "'")).strip()  # noqa: RUF001 - Whisper writes either


def has_domain(text: str) -> bool:
    """Return whether an e-mail address was said to its end: "... dot com"."""
    return bool(_DOMAIN.search(text))


@cache
def load(file: Path = FILE) -> Cues:
    """Read the list once."""
    raw: Mapping[str, _Phrases] = yaml.safe_load(file.read_text(encoding="utf-8"))
    digit = _any(raw["digits"], r"\d")
    return Cues(
        listening=_only(raw["backchannel"], raw["hesitation"]),
        hesitating=_only(raw["hesitation"]),
        waiting=_only(raw["wait"], raw["backchannel"], raw["stop"]),
        stopping=_only(raw["stop"], raw["backchannel"]),
        going_on=_only(raw["go_on"], raw["backchannel"]),
        farewell=_last(raw["goodbye"]),
        unfinished=_last(raw["unfinished"], raw["hesitation"]),
        perhaps=_last(raw["perhaps"]),
        announcing=_any(raw["announces"], rf"{_LETTER}(?=[\s\d]|-\d|$)"),
        postcodes=_any(raw["postcodes"]),
        digit=digit,
        ending=re.compile(rf"(?:(?:{digit.pattern})[\s,.\-，。]*)+$", re.IGNORECASE),
    )


def _either(*lists: _Phrases) -> str:
    phrases = {folded(phrase) for one in lists for of_language in one.values() for phrase in of_language}
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _only(wanted: _Phrases, *beside: _Phrases) -> _Only:
    # Possessive, so that a long row of the same sound is not tried in every partition.
    return _Only(re.compile(rf"(?:(?:{_either(wanted, *beside)})\s?)++"), re.compile(_either(wanted)))


def _last(*lists: _Phrases) -> re.Pattern[str]:
    zh, en = (_either(*({language: one[language]} for one in lists)) for language in ("zh", "en"))
    return re.compile(rf"(?:(?:^|\s)(?:{en})|(?:{zh}))$")


def _any(phrases: _Phrases, *more: str) -> re.Pattern[str]:
    zh, en = (_either({language: phrases[language]}) for language in ("zh", "en"))
    return re.compile("|".join((zh, rf"\b(?:{en})\b", *more)), re.IGNORECASE)
