"""How long to wait for more after words, given how they sound and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.types import Expect
from voice.call import cues
from voice.call.endpointing import Patience

_SURE = 0.6
"""Probability from which the sound of a sentence says that it is over."""
_DOUBT = 0.35
"""Below, the sound says that it goes on. It is wrong on one finished sentence in five, and is not believed for long."""
_ENTIRE: Mapping[Expect, int] = MappingProxyType({"id": 7, "phone": 10, "digits": 4, "": 7})
"""Digits from which a dictated number may be whole; "" for one that the caller announced."""
_POSTCODE = 5
"""Digits of the shortest postcode."""
_MANY = 3
"""Digits at the end of a sentence that may be part of a number, or a price."""
_BEGUN = 4
"""Digits below which no number is whole."""


def hold_s(text: str, finished: float, expects: Expect, patience: Patience) -> float:
    """Return the silence in seconds after which `text` counts as all that is said.

    `finished` is the detector's probability. Words outweigh it: nobody ends on "because".
    """
    words = cues.load()
    text = text.strip()
    if not text:
        return patience.early_s
    if words.hesitates(text):
        return patience.hold_s
    if words.is_backchannel(text) or words.asks_to_wait(text) or words.asks_to_stop(text):
        return patience.early_s  # "嗯" alone is an answer; at the end of a sentence it is a search for words
    dictation = _dictation_s(text, expects, patience)
    if dictation is not None:
        return dictation
    if words.is_unfinished(text):
        return patience.hold_s
    if finished >= _SURE:
        return patience.early_s
    if finished < _DOUBT or words.is_perhaps_unfinished(text):
        return patience.doubtful_s
    return patience.trailing_s


def _dictation_s(text: str, expects: Expect, patience: Patience) -> float | None:
    """Return the patience with who spells out a number or an address; None for any other sentence."""
    words = cues.load()
    if expects == "email" and ("@" in text or " at " in text):
        return patience.trailing_s if cues.has_domain(text) else patience.hold_s
    digits = words.dictated(text, announced=expects in ("id", "digits", "phone"))
    if digits is None and expects not in ("choice", "yes_no") and (last := words.last_digits(text)) >= _MANY:
        if last < _BEGUN:
            return patience.doubtful_s
        digits = last  # what announced them may have been misheard
    if digits is None and words.is_only_digits(text) and expects not in ("choice", "yes_no"):
        return patience.doubtful_s  # who says digits and nothing else may say more of them
    if digits is None:
        return patience.dictated_s if expects == "address" and not words.is_unfinished(text) else None
    if digits == 0:
        return None
    entire = _POSTCODE if words.tells_postcode(text) else _ENTIRE.get(expects, _ENTIRE[""])
    if digits >= entire:
        return patience.trailing_s
    return patience.hold_s if digits < _BEGUN else patience.dictated_s
