"""How English words sound: the Misaki dictionary, its inflections, and letters for the rest.

Phonemes are Misaki's American set (https://github.com/hexgrad/misaki/blob/main/EN_PHONES.md): IPA with
one letter per diphthong and a stress mark before the stressed vowel. Only the data files of misaki
are read; its own English code needs spaCy and espeak-ng.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_SIBILANTS = "szʃʒʧʤ"
_VOICELESS = "ptkfθ"
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""Words within a name: "PayPal", "iPhone", "USBCable"."""

_OURS = {
    "bluetooth": "blˈutˌuθ",
    "email": "ˈimˌAl",
    "emails": "ˈimˌAlz",
    "fedex": "fˈɛdˌɛks",
    "id": "ˌIdˈi",
    "ids": "ˌIdˈiz",
    "ok": "ˌOkˈA",
    "alipay": "ˈælipˌA",
    "wechat": "wˈiʧˌæt",
    "wifi": "wˈIfˌI",
    "zhanggui": "ʤˈɑŋɡwˌA",
}
"""Words of a shop's day that the dictionary lacks or takes for something else."""


@cache
def _dictionary() -> Mapping[str, Any]:
    """Read gold over silver, some 180,000 words; a voice does so when it is built."""
    folder = files("misaki") / "data"
    silver, gold = (json.loads((folder / f"us_{name}.json").read_text("utf-8")) for name in ("silver", "gold"))
    return {**silver, **gold}


def load() -> None:
    """Read the dictionary now, so that the first sentence need not wait."""
    _dictionary()


def _listed(word: str) -> str | None:
    found = _dictionary().get(word)
    return found.get("DEFAULT") if isinstance(found, dict) else found


def _known(word: str) -> str | None:
    lower = word.lower()
    return _OURS.get(lower) or _listed(word) or _listed(lower) or _listed(lower.capitalize())


def spell(letters: str) -> str:
    """Return the names of the letters, the last one stressed, as initialisms are said."""
    names = [_listed(letter) or "" for letter in letters.upper() if letter.isascii() and letter.isalpha()]
    return "".join([name.replace("ˈ", "ˌ") for name in names[:-1]] + names[-1:])


def known(word: str) -> str | None:
    """Return the phonemes of a word, its plural, past, -ing, possessive or compound; None if unknown."""
    return _known(word) or _plural(word) or _past(word) or _ing(word) or _compound(word)


def _plural(word: str) -> str | None:
    stem = None
    if word.endswith(("'s", "s'")):
        stem = known(word[:-2]) if word.endswith("'s") else known(word[:-1])
        if word.endswith("s'"):
            return stem
    elif word.endswith("ies") and len(word) > 4:
        stem = _known(word[:-3] + "y")
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        stem = _known(word[:-1]) or (_known(word[:-2]) if word.endswith("es") else None)
    if not stem:
        return None
    if stem[-1] in _SIBILANTS:
        return stem + "ᵻz"
    return stem + ("s" if stem[-1] in _VOICELESS else "z")


def _past(word: str) -> str | None:
    if not word.endswith("ed") or len(word) < 5:
        return None
    stem = _stem(word[:-2])
    if not stem:
        return None
    if stem[-1] in "td":
        return stem + "ᵻd"
    return stem + ("t" if stem[-1] in _VOICELESS + "sʃʧ" else "d")


def _ing(word: str) -> str | None:
    stem = _stem(word[:-3]) if word.endswith("ing") and len(word) > 5 else None
    return f"{stem}ɪŋ" if stem else None


def _stem(cut: str) -> str | None:
    """Find the verb before -ed or -ing: as cut, with its silent e, or with its last letter once."""
    undoubled = cut[:-1] if cut[-1] == cut[-2] else ""
    return _known(cut) or _known(cut + "e") or (_known(undoubled) if undoubled else None)


def _compound(word: str) -> str | None:
    for middle in range(len(word) - 3, 2, -1):
        first, second = _known(word[:middle]), _known(word[middle:])
        if first and second:
            return first + second.replace("ˈ", "ˌ")
    return None


def parts(name: str) -> list[str]:
    """Split a written-together name at its capitals and hyphens: "PayPal" -> Pay, Pal."""
    return _PARTS.findall(name)
