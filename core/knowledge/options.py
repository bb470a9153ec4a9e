"""Which options of a product a customer names, in either language and whatever the record's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from core.knowledge.lexicon import Lexicon, Span
from core.knowledge.measures import Measure, measures
from core.knowledge.negation import gives_way, goes_on, is_negated
from core.knowledge.numbers import value
from core.knowledge.option_index import WHOLE, Form, OptionIndex, index_of, signature
from core.knowledge.option_words import Piece, key, pieces
from core.shop.records import Product

_BESIDE = 3
"""Pieces between a value and the name of its option up to which they belong together."""
_ACROSS = 4
"""What a comma between them counts."""
_WEAK = frozenset(
    key(word)[0]
    for word in """high low light dark full half fixed custom plain art fresh basic standard normal regular manual
    double single left right original hot little hard soft easy cool warm dry magic nature echo pro man woman male
    female press amazon click both fine gentle poor good moderate blank square round king queen white
    """.split()
    if word != "white"
)
"""English words of everyday speech: they name a value only beside its option, a product or "one"."""
_BEFORE_ALONE = frozenset("要换成是选个款有带和或把这那买退给用想拿来改挑穿用戴")
_AFTER_ALONE = frozenset("的色款那这吧呢吗版个双条只台件和或换改有没可行,")
_LETTER = re.compile(r"^[xX]{0,3}[smlSML]$")
_SAYS_SIZE = re.compile(
    r"(?:size|尺码|码|号)\s*(?:a |an |of |is |是|为|to )?$|^\s*(?:size|码|号|ones?\b)", re.IGNORECASE
)
_SAYS_NUMBER_BEFORE = re.compile(
    r"(?:\b(?:size|sized|sizes|in|an?|the|to|for|number|us|eu|uk)|[要换成改是选穿码号买款到])\s*$", re.IGNORECASE
)
_SAYS_NUMBER_AFTER = re.compile(
    r"^\s*(?:ones?\b|的|码|号|instead|please|rather|and\b|or\b|to\b|吧|[,，、。.!！?？;；]|$)", re.IGNORECASE
)
_MONEY_BEFORE, _MONEY_AFTER = (
    re.compile(r"[$¥€£#]\s*$"),
    re.compile(r"^\s*(?:元|块钱|dollars?|bucks|usd|rmb|yuan)", re.I),
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.#$¥])\d+(?:\.\d+)?(?![\w.%]*[A-Za-z%])"
    r"|(?<=size )(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen)\b",
    re.IGNORECASE,
)
_LIST_GAP = re.compile(r"(?:\s*[a-z]+\b)?[\s,，、]*(?:and|with|和|及)?\s*(?:an? |the )?$", re.IGNORECASE)
"""What stands between two values of a list."""
_HIDES = frozenset({"colour", "material", "size", "thing", "topic", "aspect", "noise"})
_LIKE = frozenset({"colour", "material", "feature", "size"})
_TELLING = 100
"""From here a bare number alone can name a value: "the 1000 pieces", "1500"."""
_SHORT = 3
"""Pieces of an answer that is nothing but the value: "high please"."""


@dataclass(frozen=True, slots=True)
class OptionMention:
    """A value of an option that a text names.

    Several mentions of one place are the ways in which it can be read: other options, or values of one option
    between which the words do not choose ("waterproof" of IPX4 and IPX7).
    """

    option: str
    """As the records write it."""
    value: str
    """As the records write it."""
    start: int
    """Characters into the text."""
    end: int
    negated: bool = False
    """Named as what it shall not be, or as what it is to be changed from."""


def option_mentions(text: str, product: Product, lexicon: Lexicon) -> tuple[OptionMention, ...]:
    """Return the options and values of a product that a normalised text names, in the order of the text."""
    index = index_of(signature(product), lexicon)
    found = _measured(text, index)
    taken = [(one.start, one.end) for one in measured_places(text)]
    found += _numbered(text, index, taken)
    sure, unsure = _worded(text, index, lexicon, [(at.start, at.end) for at in found])
    found += sure
    found += _in_lists(text, found, unsure)
    return _signed(text, index, _beside(text, index, found))


def named_options(text: str, product: Product, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Return where a normalised text names the product's options themselves: (start, end) of "set type"."""
    return [(start, end) for _, start, end in _named_options(text, index_of(signature(product), lexicon))]


def measured_places(text: str) -> tuple[Measure, ...]:
    """Return the quantities of a text, kept because every product of a list asks for them."""
    return _measures(text)


@lru_cache(maxsize=1024)
def _measures(text: str) -> tuple[Measure, ...]:
    return tuple(measures(text))


@lru_cache(maxsize=1024)
def read(text: str, lexicon: Lexicon) -> tuple[Span, ...]:
    """Return the lexicon's reading of a text, kept likewise."""
    return tuple(lexicon.read(text))


def _measured(text: str, index: OptionIndex) -> list[OptionMention]:
    found: dict[tuple[str, str, int], OptionMention] = {}
    for said in measured_places(text):
        exact = [form for measure, form in index.measured if said.is_like(measure)]
        within = exact or [form for measure, form in index.measured if said.lies_in(measure)]
        if not exact and len({form.value for form in within}) != 1:
            continue
        for form in within:
            found[form.option, form.value, said.start] = OptionMention(form.option, form.value, said.start, said.end)
    return list(found.values())


def _numbered(text: str, index: OptionIndex, taken: Sequence[tuple[int, int]]) -> list[OptionMention]:
    """Return the values that a bare number names: "size 9", "the 15 one", "1000"."""
    found = []
    for one in _NUMBER.finditer(text):
        start, end = one.span()
        number = value(one.group())
        if number is None or number not in index.bare:
            continue
        if any(low < end and start < high for low, high in taken) or _MONEY_BEFORE.search(text[:start]):
            continue
        if _MONEY_AFTER.match(text[end:]):
            continue
        for form in index.bare[number]:
            beside = any(
                form.option in own and _gap(text, (start, end), place) <= 1
                for own, *place in _named_options(text, index)
            )
            says = _SAYS_NUMBER_BEFORE.search(text[:start]) and _SAYS_NUMBER_AFTER.match(text[end:])
            alone = number >= _TELLING or (form.option in index.counted and len(pieces(text)) <= _SHORT)
            if beside or says or alone:
                found.append(OptionMention(form.option, form.value, start, end))
    return found


def _worded(
    text: str, index: OptionIndex, lexicon: Lexicon, taken: Sequence[tuple[int, int]]
) -> tuple[list[OptionMention], list[OptionMention]]:
    """Return the values that words name, and those that words of everyday speech may name."""
    own, spans = pieces(text), read(text, lexicon)
    found: list[OptionMention] = []
    unsure: list[OptionMention] = []
    at = 0
    while at < len(own):
        step = 1
        for length in range(min(index.longest.get(own[at].text, 0), len(own) - at), 0, -1):
            forms = index.forms.get(tuple(piece.text for piece in own[at : at + length]))
            start, end = own[at].start, own[at + length - 1].end
            if forms is None or any(low < end and start < high for low, high in taken):
                continue
            every, forms = forms, tuple(form for form in forms if _counts(text, own, at, length, form, spans, index))
            if not forms and length == 1 and end - start > 1:
                unsure += [OptionMention(form.option, form.value, start, end) for form in every]
            if forms:
                found += [OptionMention(form.option, form.value, start, end) for form in forms]
                step = length
                break
        at += step
    return found, unsure


def _in_lists(text: str, found: Sequence[OptionMention], unsure: Sequence[OptionMention]) -> list[OptionMention]:
    """Return the everyday words that stand in one list with a value: "gray, fixed, high-back"."""
    known = [(one.start, one.end, one.option) for one in found]
    taken: list[OptionMention] = []
    for one in unsure:
        beside = any(
            option != one.option and _LIST_GAP.match(text[min(end, one.end) : max(start, one.start)])
            for start, end, option in known
        )
        if beside:
            taken.append(one)
            known.append((one.start, one.end, one.option))
    return taken


def _counts(
    text: str, own: Sequence[Piece], at: int, length: int, form: Form, spans: Sequence[Span], index: OptionIndex
) -> bool:
    """Return whether words of a value stand for it here, and are no piece of another word."""
    start, end = own[at].start, own[at + length - 1].end
    written = text[start:end]
    if _LETTER.match(written) and len(written) == 1:
        says = _SAYS_SIZE.search(text[:start]) or _SAYS_SIZE.match(text[end:])
        return written.isupper() or bool(says) or len(own) <= _SHORT
    if written[0] == "不" and text[start - 1 : start] == written[1:2] != "":
        return False  # "防不防水" asks
    covering = [span for span in spans if span.kind and span.start <= start and span.end >= end]
    longer = [span for span in covering if span.end - span.start > end - start and span.kind in _HIDES]
    if longer and not _joins(longer[0], written, form):
        return False
    if length > 1:
        return True
    if len(written) == 1 and any(low <= start and end < high for _, low, high in _named_options(text, index)):
        return False  # 难 in 难度
    weak = written.lower() in _WEAK or (form.rank < WHOLE and any(span.kind == "thing" for span in covering))
    weak = weak or (length == 1 and any(span.kind == "thing" and span.written == written.lower() for span in covering))
    if not weak and not (len(written) == 1 and "\u4e00" <= written <= "\u9fff"):
        return True
    ends = len(own) <= _SHORT and (at + length == len(own) or own[-1].text in ("please", "吧"))
    if (
        ends
        or _before_a_thing(text, end, spans)
        or _after_a_thing(text, start, spans)
        or re.match(r"\s*(?:ones?\b|versions?\b|models?\b|type\b|style\b|kind\b|款|的|版|型)", text[end:])
    ):
        return True
    if any(
        form.option in named and _gap(text, (start, end), place) <= 1 for named, *place in _named_options(text, index)
    ):
        return True
    after_a_word = any(span.kind and span.end == start and span.end - span.start > 1 for span in spans)
    return not weak and _stands_alone(text, start, end, after_a_word=after_a_word)


def _joins(span: Span, written: str, form: Form) -> bool:
    """Return whether a longer word holds the value as such: 无线耳机 is wireless, 粉红 is not red."""
    return span.kind == "thing" and len(written) > 1 and form.rank >= WHOLE


def _before_a_thing(text: str, end: int, spans: Sequence[Span]) -> bool:
    """Return whether a thing follows, at most after other words that say what it is like: "double down duvet"."""
    for span in spans:
        if span.start < end:
            continue
        if text[end : span.start].strip():
            return False
        if span.kind == "thing":
            return True
        if span.kind not in _LIKE:
            return False
        end = span.end
    return False


def _after_a_thing(text: str, start: int, spans: Sequence[Span]) -> bool:
    return any(span.kind == "thing" and span.end <= start and text[span.end : start] in (" ", "") for span in spans)


def _stands_alone(text: str, start: int, end: int, *, after_a_word: bool) -> bool:
    """Return whether one Chinese character is a word here: "要黑的", not "明白"."""
    before, after = text[start - 1 : start], text[end : end + 1]
    free = after_a_word or not before or not "\u4e00" <= before <= "\u9fff" or before in _BEFORE_ALONE
    return free and (not after or not "\u4e00" <= after <= "\u9fff" or after in _AFTER_ALONE)


@lru_cache(maxsize=4096)
def _named_options(text: str, index: OptionIndex) -> tuple[tuple[tuple[str, ...], int, int], ...]:
    """Return where a text names options themselves: "frame", "镜框"."""
    own, found, at = pieces(text), [], 0
    while at < len(own):
        step = 1
        for length in range(min(index.longest_name, len(own) - at), 0, -1):
            options = index.names.get(tuple(piece.text for piece in own[at : at + length]))
            if options:
                found.append((options, own[at].start, own[at + length - 1].end))
                step = length
                break
        at += step
    return tuple(found)


def _gap(text: str, one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many pieces stand between two places; a comma counts as several."""
    between = text[min(one[1], other[1]) : max(one[0], other[0])]
    return len(pieces(between)) + (_ACROSS if re.search(r"[,，;；。.]", between) else 0)


def _beside(text: str, index: OptionIndex, found: list[OptionMention]) -> list[OptionMention]:
    """Of several options that a word may belong to, keep the one that is named beside it."""
    places: dict[tuple[int, int], list[OptionMention]] = {}
    for mention in found:
        places.setdefault((mention.start, mention.end), []).append(mention)
    if all(len({one.option for one in readings}) == 1 for readings in places.values()):
        return sorted(found, key=lambda one: (one.start, one.end))
    kept: list[OptionMention] = []
    names = _named_options(text, index)
    leads = bool(names) and names[0][1] < min(places)[0]
    for place, readings in places.items():
        options = {one.option for one in readings}
        if len(options) > 1:
            near = {option: _nearness(text, place, option, options, names, leads) for option in options}
            least = min(near.values())
            if least <= _BESIDE + 0.5:
                readings = [one for one in readings if near[one.option] == least]
        kept += readings
    return sorted(kept, key=lambda one: (one.start, one.end))


def _nearness(
    text: str,
    place: tuple[int, int],
    option: str,
    rivals: set[str],
    names: Sequence[tuple[tuple[str, ...], int, int]],
    leads: bool,
) -> float:
    """Return how near the option's own name stands; half a piece more on the side where names do not stand here."""
    nearest = float("inf")
    for options, start, end in names:
        if option not in options or rivals <= set(options):
            continue
        if start >= place[0] and end <= place[1]:
            return 0.0  # the value holds its option's name: M码
        if start < place[1] and place[0] < end:
            continue
        wrong_side = (start < place[0]) != leads
        nearest = min(nearest, _gap(text, place, (start, end)) + (0.5 if wrong_side else 0.0))
    return nearest


def _signed(text: str, index: OptionIndex, found: list[OptionMention]) -> tuple[OptionMention, ...]:
    """Say of each mention whether it is negated; "not waterproof" is waterproof: no."""
    signed: list[OptionMention] = []
    for mention in found:
        negated = is_negated(text, mention.start, mention.end)
        before = [one for one in signed if one.negated and one.end <= mention.start]
        negated = negated or any(goes_on(text, one.end, mention.start) for one in before)
        contrary = index.opposite.get((mention.option, mention.value))
        if negated and contrary is not None:
            signed.append(replace(mention, value=contrary))
            continue
        after = [one for one in found if one.option == mention.option and one.start >= mention.end]
        negated = negated or any(gives_way(text, mention.end, one.start) for one in after[:1])
        signed.append(replace(mention, negated=negated))
    return tuple(signed)
