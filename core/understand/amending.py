"""One sign put right: "no, five not nine", "不是九，是五"."""

from __future__ import annotations

import re

from core.understand.numerals import digits, spelled

_SIGN = r"[A-Za-z]{1,6}|\d|[零〇一二三四五六七八九幺两洞拐勾]"
_INSTEAD = re.compile(
    rf"(?:不是|不)\s*(?P<old>{_SIGN})[\s,，]*(?:而?是|应该是)\s*(?P<new>{_SIGN})"
    rf"|是\s*(?P<new_zh>{_SIGN})[\s,，]*不是\s*(?P<old_zh>{_SIGN})"
    rf"|(?:^|\b)(?P<new_en>{_SIGN})[\s,]+(?:and )?not (?:an? )?(?P<old_en>{_SIGN})\b"
    rf"|\bnot (?:an? )?(?P<old_then>{_SIGN})[\s,]+(?:but |it'?s |that'?s )*(?:an? )?(?P<new_then>{_SIGN})\b",
    re.IGNORECASE,
)


def amended(value: str, said: str) -> str:
    """Return a number or an address with the one sign put right that was said to be wrong.

    "" where nothing of the kind is said, or where it is not clear which sign is meant.
    """
    found = _INSTEAD.search(said)
    if found is None:
        return ""
    parts = found.groupdict()
    old = next(_sign(word) for name, word in parts.items() if name.startswith("old") and word)
    new = next(_sign(word) for name, word in parts.items() if name.startswith("new") and word)
    name, at, domain = value.partition("@")
    if len(old) != 1 or len(new) != 1 or name.lower().count(old) != 1:
        return ""
    place = name.lower().index(old)
    return name[:place] + (new.upper() if name[place].isupper() else new) + name[place + 1 :] + at + domain


def _sign(word: str) -> str:
    return spelled(digits(word.lower(), shortest=1))
