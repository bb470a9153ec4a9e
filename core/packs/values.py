"""Find the value of a slot in what the customer says, and say it back in their language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from rapidfuzz import fuzz, process

from core.packs.slots import Slot
from core.types import Affirm, Deny, Language
from core.understand import rules
from core.understand.dates import dates, resolve
from core.understand.numerals import count
from core.wording.formats import day as day_words

_HAN = re.compile(r"[\u4e00-\u9fff]")
_PHONE = re.compile(r"(?<![A-Za-z0-9_.])\+?\(?\d(?:[ ()-]{0,2}\d){6,14}(?!\d)")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万|千|k\b)?", re.IGNORECASE)
_NUMBER_ZH = re.compile(r"([零〇一二两三四五六七八九十百千]+)(万|千)?")
_DAY_OF_MONTH = re.compile(
    r"(?<![\d月一二三四五六七八九十])(\d{1,2}|[一二三四五六七八九十]{1,3})[号日](?![楼线店门柜窗院码卡])"
    r"|\bthe (\d{1,2})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"(?:从|自从?|打|\b(?:ever )?since)\s*$", re.IGNORECASE)
_ON_FROM = re.compile(r"(?:早上|上午|中午|下午|晚上)?(?:开始|起|以来)")
_DIGITS = 9
"""Digits in a row above which a number is no sum and no count but a telephone or an account."""
_SCALE = {"万": 10_000, "千": 1000, "k": 1000}
_NOT_BEFORE = re.compile(
    r"(?:不是|不要|不去|不挂|别|并非|\bnot|\bno longer|\binstead of|\brather than)\s*(?:the |a |in |on |at |for )*$",
    re.I,
)
_NOT_AFTER = re.compile(
    r"^\s*(?:不行|不可以|不方便|没空|没时间|来不了|去不了|就不|(?:does|did|do|is|are|wo|ca)(?:n't| not)\b)", re.I
)
_NOT_CHOSEN = re.compile(r"^\s*(?:不行|不要|就不)")
"""Words around a value that say it is not the one; of a service, "doesn't work" is no refusal but a fault."""
_NEAR = 84
"""Likeness (0 to 100) of a whole answer to a choice's name at which it is taken for it: "dermatolgy"."""
_SHORTEST_NEAR = 4
_LEADING = re.compile(
    r"^(?:(?:嗯+|呃|哦|好的?|是的?|姓名|名字|well|um+|uh|name)[\s,，:：]+"
    r"|(?:it's|it is|my (?:full )?name(?:'s| is)|i am|i'm|this is)\s+"
    r"|我(?:叫|的?(?:名字|姓名)(?:是|叫))(?=[\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_TEXT_CHARS = 300
"""Of a free text that is kept; more is no fact but a story, and the record of the conversation has it."""


@dataclass(frozen=True, slots=True)
class Value:
    """A slot's value and where it stands."""

    value: str
    start: int
    end: int


def find_value(
    slot: Slot, text: str, today: date, *, asked: bool, corrected: bool = False, others: Sequence[Slot] = ()
) -> Value | None:
    """Return the slot's value in normalised text; None when there is none, or more than one.

    `asked` says that we asked for it: then a bare number, a yes, a misspelt choice or any words count, which
    mean nothing by themselves. `corrected` says that the words mend something: then the last of several counts.
    Values that stand behind the cue of one of the `others` are left to that one.
    """
    found = [value for value in _values(slot, text, today, asked) if not _negated(slot, text, value)]
    if slot.kind == "date" and not asked and not slot.past:
        found = [value for value in found if value.value >= today.isoformat() and not _since(slot, text, value)]
    rivals = [cue for other in others if other.kind == slot.kind for cue in other.cues]
    cued = [value for value in found if _behind(text, value, slot.cues)]
    found = cued or [value for value in found if not _behind(text, value, rivals)]
    if len({value.value for value in found}) > 1 and not corrected:
        return found[0] if slot.kind == "date" else None
    if found:
        return found[-1] if corrected else found[0]
    return _nearest(slot, text) if asked and slot.kind == "choice" else None


def shown(slot: Slot, value: str, language: Language) -> str:
    """Return a value as it is said to the customer; "" for an unknown one."""
    if not value:
        return ""
    if slot.kind == "date":
        return day_words(value, language)
    if slot.kind == "choice":
        names = slot.choices.get(value, {})
        return next(iter(names.get(language) or names.get("en") or next(iter(names.values()), ())), value)
    if slot.kind == "yes_no":
        return {"zh": {"yes": "是", "no": "否"}}.get(language, {}).get(value, value)
    return value


def _values(slot: Slot, text: str, today: date, asked: bool) -> Iterator[Value]:
    if slot.kind == "date":
        yield from _days(text, today)
    elif slot.kind == "choice":
        yield from _chosen(slot, text)
    elif slot.kind == "phone":
        for match in _PHONE.finditer(text):
            yield Value(
                ("+" if match.group().startswith("+") else "") + re.sub(r"\D", "", match.group()), *match.span()
            )
    elif slot.kind == "code" and slot.pattern:
        yield from _codes(slot.pattern, text)
    elif slot.kind == "number":
        yield from _numbers(slot, text, asked)
    elif slot.kind == "yes_no" and asked:
        said = rules.certain(text)
        if isinstance(said, Affirm | Deny):
            yield Value("yes" if isinstance(said, Affirm) else "no", 0, len(text))
        else:
            yield from _chosen(slot, text)
    elif slot.kind == "text" and asked:
        words = _LEADING.sub("", text.strip()).strip(" ,.。，!！")
        if words:
            yield Value(words[:_TEXT_CHARS], 0, len(text))


def _days(text: str, today: date) -> list[Value]:
    """Return the days that are named; a bare "the 25th" is the next one that comes."""
    found: list[Value] = []
    for day in dates(text):
        if all(day.end <= other.start or day.start >= other.end for other in found):
            found.append(Value(resolve(day.value, today).isoformat(), day.start, day.end))
    for match in _DAY_OF_MONTH.finditer(text):
        when = _coming(count(match.group(1) or match.group(2)) or 0, today)
        if when and all(match.end() <= other.start or match.start() >= other.end for other in found):
            found.append(Value(when.isoformat(), *match.span()))
    return sorted(found, key=lambda value: value.start)


def _coming(day: int, today: date) -> date | None:
    for months in range(3):
        month = (today.replace(day=1) + timedelta(days=31 * months)).replace(day=1)
        try:
            when = month.replace(day=day)
        except ValueError:
            continue
        if when >= today:
            return when
    return None


def _chosen(slot: Slot, text: str) -> list[Value]:
    """Return the choices that are named, longest names first, none within another."""
    named = [(name, value) for value, names in slot.choices.items() for own in names.values() for name in own]
    found: list[Value] = []
    for name, value in sorted(named, key=lambda pair: -len(pair[0])):
        for match in _whole(name).finditer(text):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                found.append(Value(value, *match.span()))
    return sorted(found, key=lambda value: value.start)


@cache
def _whole(name: str) -> re.Pattern[str]:
    """Return the pattern of a name: whole words with any plural, or Chinese characters anywhere."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(words if _HAN.search(name) else rf"\b{words}(?:e?s)?\b", re.IGNORECASE)


def _codes(pattern: re.Pattern[str], text: str) -> Iterator[Value]:
    """Yield the codes in the text as the pattern writes them, blanks and hyphens left out."""
    places = [at for at, sign in enumerate(text) if sign not in " -"]
    close = "".join(text[at] for at in places)
    for match in pattern.finditer(close):
        start, end = places[match.start()], places[match.end() - 1] + 1
        alone = not (text[start - 1 : start].isascii() and text[start - 1 : start].isalnum() and start)
        if alone and not (text[end : end + 1].isascii() and text[end : end + 1].isalnum()):
            yield Value(match.group().upper(), start, end)


def _numbers(slot: Slot, text: str, asked: bool) -> Iterator[Value]:
    units = "|".join(re.escape(unit) for unit in sorted(slot.units, key=len, reverse=True))
    for match in (*_NUMBER.finditer(text), *_NUMBER_ZH.finditer(text)):
        beside = units and re.match(rf"\s*(?:{units})", text[match.end() :], re.IGNORECASE)
        before = units and re.search(rf"(?:{units})\s*$", text[: match.start()], re.IGNORECASE)
        scaled, grouped = match.group(2), "," in match.group(1)
        written = match.group(1).replace(",", "")
        if len(written) > _DIGITS and not grouped:
            continue
        number = float(written) if written.isascii() else count(written)
        if number is None or not (asked or beside or before or (units and (scaled or grouped))):
            continue
        number *= _SCALE.get((scaled or "").lower(), 1)
        too_low = slot.at_least is not None and number < slot.at_least
        if not too_low and (slot.at_most is None or number <= slot.at_most):
            yield Value(f"{number:g}" if number < 1e6 else f"{number:.0f}", *match.span())


def _since(slot: Slot, text: str, value: Value) -> bool:
    """Return whether a day is told as the beginning of something that goes on: "从今天早上开始", "since Monday"."""
    if _behind(text, value, slot.cues):
        return False
    return bool(_SINCE.search(text[: value.start]) or _ON_FROM.match(text[value.end :]))


def _behind(text: str, value: Value, cues: Sequence[str]) -> bool:
    before = text[: value.start].rstrip().lower()
    return any(before.endswith(cue.lower()) for cue in cues)


def _negated(slot: Slot, text: str, value: Value) -> bool:
    after = _NOT_AFTER if slot.kind == "date" else _NOT_CHOSEN
    return bool(_NOT_BEFORE.search(text[: value.start]) or after.match(text[value.end :]))


def _nearest(slot: Slot, text: str) -> Value | None:
    """Return the choice whose name the whole answer resembles, a slip of the finger or of the ear away."""
    named = {name.lower(): value for value, names in slot.choices.items() for own in names.values() for name in own}
    said = text.lower().strip(" ,.。，!！?？")
    if len(said) < _SHORTEST_NEAR or not named:
        return None
    near = process.extractOne(said, list(named), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return Value(named[near[0]], 0, len(text)) if near else None
