"""All words by which the options of one product and their values may be called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product as combined
from typing import TypeAlias

from core.knowledge.lexicon import Lexicon
from core.knowledge.measures import Measure, measures
from core.knowledge.option_words import Key, OptionWords, key, load_option_words, pieces
from core.shop.records import Product

Signature: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Option names with their values, in the order of the records."""

OWN, WHOLE, FAMILY, PART = 4, 3, 2, 1
"""How well a word names a value: as its very word; as one that may mean it; as a shade of it; as one word of it that
no other value has."""
YES, NO = frozenset({"yes", "true", "是", "有", "支持", "with"}), frozenset({"no", "false", "否", "无", "没有", "none"})
_LACKS = NO | {"without", "不带", "not included"}
_NOT_EN, _NOT_ZH = (
    ("no", "without", "not", "non", "un", "isn't", "not be"),
    ("不", "无", "没有", "没", "不带", "非", "不要"),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FILLERS = frozenset("a an the of in on at to for with and or over under off up non not no type item set brand".split())
_KINDS_OF_VALUES = ("colour", "material", "feature", "size", "option", "audience")
_IMPLIED = {"size": "size", "pieces": "piece", "collar": "size", "seat": "person", "range": "mass", "weight": "mass"}
"""What a bare number counts in an option of such a name."""
_MOST_PARTS, _MOST_WORDS = 3, 6
"""A value is put together anew from at most so many parts, of so many words each."""


@dataclass(frozen=True, slots=True)
class Form:
    """A word of a value."""

    option: str
    value: str
    rank: int
    """`WHOLE`, `FAMILY` or `PART`."""


@dataclass(frozen=True, slots=True, eq=False)
class OptionIndex:
    """What a text is compared with, for one product."""

    forms: Mapping[Key, tuple[Form, ...]]
    longest: Mapping[str, int]
    """First piece of a form -> pieces in the longest form that begins so."""
    names: Mapping[Key, tuple[str, ...]]
    """Words that name options -> the options."""
    longest_name: int
    measured: tuple[tuple[Measure, Form], ...]
    bare: Mapping[float, tuple[Form, ...]]
    """Numbers as the values write them."""
    counted: frozenset[str]
    """Options whose values are bare numbers."""
    opposite: Mapping[tuple[str, str], str]
    """(option, value) -> its contrary, of options that are yes or no."""


def signature(product: Product) -> Signature:
    """Return the options of a product, by which its index is kept."""
    found: dict[str, dict[str, None]] = {}
    for variant in product.variants.values():
        for option, value in variant.options.items():
            found.setdefault(option, {})[value] = None
    return tuple((option, tuple(values)) for option, values in found.items())


@lru_cache(maxsize=4096)
def index_of(options: Signature, lexicon: Lexicon) -> OptionIndex:
    """Return the index of a product's options (a millisecond, then kept)."""
    words = load_option_words()
    forms: dict[Key, dict[tuple[str, str], int]] = {}
    names: dict[Key, dict[str, None]] = {}
    measured: list[tuple[Measure, Form]] = []
    bare: dict[float, list[Form]] = {}
    counted: set[str] = set()
    opposite: dict[tuple[str, str], str] = {}
    for option, values in options:
        kinds = words.kinds(option)
        called = _names(option, kinds, words, lexicon)
        for name in called:
            names.setdefault(key(name), {})[option] = None
        for value in values:
            for found in _measured(value, kinds):
                measured.append((found, Form(option, value, WHOLE)))
            number = re.match(r"\d+(?:\.\d+)?", value)
            if number:
                bare.setdefault(float(number.group()), []).append(Form(option, value, WHOLE))
                if number.group() == value.strip():
                    counted.add(option)
            for word, rank in _forms(value, values, kinds, called, words, lexicon):
                of_word = forms.setdefault(word, {})
                of_word[option, value] = max(rank, of_word.get((option, value), 0))
        opposite |= _opposites(option, values)
    kept = {word: _best(of_word) for word, of_word in forms.items() if word}
    longest: dict[str, int] = {}
    for word in kept:
        longest[word[0]] = max(len(word), longest.get(word[0], 0))
    return OptionIndex(
        forms=kept,
        longest=longest,
        names={name: tuple(own) for name, own in names.items() if name},
        longest_name=max(map(len, names), default=0),
        measured=tuple(measured),
        bare={number: tuple(own) for number, own in bare.items()},
        counted=frozenset(counted),
        opposite=opposite,
    )


def _best(of_word: Mapping[tuple[str, str], int]) -> tuple[Form, ...]:
    """Keep for each option the values that a word names best."""
    tops: dict[str, int] = {}
    for (option, _), rank in of_word.items():
        tops[option] = max(rank, tops.get(option, 0))
    return tuple(Form(option, value, rank) for (option, value), rank in of_word.items() if rank == tops[option])


def _names(option: str, kinds: tuple[str, ...], words: OptionWords, lexicon: Lexicon) -> tuple[str, ...]:
    found = [option, *(word for kind in kinds for word in words.named[kind])]
    for span in lexicon.read(option):
        if span.kind in ("feature", "attribute", "option"):
            found += lexicon.names[span.kind, span.name]
    return tuple(dict.fromkeys(found))


def _measured(value: str, kinds: tuple[str, ...]) -> list[Measure]:
    """Return the quantity that a value begins with; a bare number counts what its option counts."""
    found = [one for one in measures(value) if one.start == 0]
    if found:
        return found
    number = re.fullmatch(r"(\d+(?:\.\d+)?)", value.strip())
    unit = next((_IMPLIED[kind] for kind in kinds if kind in _IMPLIED), "")
    return [Measure(unit, float(number[1]), float(number[1]), 1, 0, len(value))] if number and unit else []


def _forms(
    value: str,
    values: tuple[str, ...],
    kinds: tuple[str, ...],
    called: tuple[str, ...],
    words: OptionWords,
    lexicon: Lexicon,
) -> Iterable[tuple[Key, int]]:
    """Yield the words of one value with how well they name it."""
    plain = value.strip().lower()
    if plain in YES:
        yield from ((key(name), WHOLE) for name in _asserted(called, words))
        return
    if plain in _LACKS:
        yield from ((key(name), WHOLE) for name in _negated(_asserted(called, words)))
        yield from ((key(name), WHOLE) for name in words.alike(value, kinds) if len(key(name)) > 1)
        return
    if re.fullmatch(r"[\d.]+", plain):
        return
    core = _without_names(value, called)
    if len(core) == 1 and core.isascii():  # the A of "Brand A" stands for it only beside a word for the option
        yield from ((key(f"{one}{joint}{other}"), OWN) for name in called for joint in ("", " ")
                    for one, other in ((name, core), (core, name)))  # fmt: skip
        core = ""
    own = {key(name) for name in (value, *words.own(value, kinds), *(words.own(core, kinds) if core else ()))}
    for name in (*_alike(value, kinds, words, lexicon), *(_alike(core, kinds, words, lexicon) if core else ())):
        rank = OWN if key(name) in own else WHOLE
        yield key(name), rank
        if name.isascii():
            yield ("".join(key(name)),), rank
    for name in _composed(value, kinds, words, lexicon):
        yield key(name), WHOLE
    yield from ((key(name), FAMILY) for name in _family(value, lexicon))
    base = re.sub(r"^(?:non|not|no|without)[\s-]+|^(?:不|非|无|没有)", "", plain)
    if base != plain:
        yield from ((key(name), WHOLE) for name in _negated((base, *_alike(base, kinds, words, lexicon))))
        return
    yield from (((word,), PART) for word in _telling(value, values, called))


def _asserted(called: tuple[str, ...], words: OptionWords) -> tuple[str, ...]:
    """Return what says that a thing has what an option is named after: "polarised" of 偏光."""
    return tuple(dict.fromkeys((*called, *(word for name in called for word in words.alike(name, ())))))


def _without_names(value: str, called: tuple[str, ...]) -> str:
    """Return what is left of a value that repeats its option's name: the white of "白色背光"; "" for nothing."""
    shorter = value
    for name in sorted(called, key=len, reverse=True):
        pattern = rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)
        shorter = re.sub(pattern, " ", shorter, flags=re.IGNORECASE)
    shorter = re.sub(r"\s+", " ", shorter).strip(" 的-")
    return shorter if shorter != value and not re.fullmatch(r"[\d.\s]*", shorter) else ""


def _negated(names: Iterable[str]) -> list[str]:
    return [
        f"{no}{name}" if _HAN.search(name) else f"{no} {name}"
        for name in names
        for no in (_NOT_ZH if _HAN.search(name) else _NOT_EN)
    ]


def _alike(value: str, kinds: tuple[str, ...], words: OptionWords, lexicon: Lexicon) -> tuple[str, ...]:
    found = [value, *words.alike(value, kinds)]
    spans = lexicon.read(value)
    if len(spans) == 1 and spans[0].kind in _KINDS_OF_VALUES:
        found += lexicon.names[spans[0].kind, spans[0].name]
    return tuple(dict.fromkeys(found))


def _composed(value: str, kinds: tuple[str, ...], words: OptionWords, lexicon: Lexicon) -> list[str]:
    """Return a value of several known words in the other language: "matte black" -> "哑光黑色"."""
    parts = re.split(r"[\s/+,，、]+", value.strip()) if not _HAN.search(value) else _split_han(value, lexicon)
    if not 1 < len(parts) <= _MOST_PARTS:
        return []
    chosen = []
    for part in parts:
        alike = [
            name for name in _alike(part, kinds, words, lexicon) if bool(_HAN.search(name)) != bool(_HAN.search(value))
        ]
        chosen.append(alike[:_MOST_WORDS] or ([part] if part.isascii() and not part.isalpha() else []))
    joint = " " if _HAN.search(value) else ""
    return [joint.join(words) for words in combined(*chosen)]


def _split_han(value: str, lexicon: Lexicon) -> list[str]:
    return [value[span.start : span.end] for span in lexicon.read(value)]


def _family(value: str, lexicon: Lexicon) -> list[str]:
    """Return the names of the shades of a colour and of the colour that it is a shade of."""
    found: list[str] = []
    for span in lexicon.read(value):
        if span.kind not in ("colour", "material"):
            continue
        above = lexicon.broader(span.kind, span.name)
        below = [name for (kind, name), up in lexicon.parents.items() if kind == span.kind and span.name in up]
        for name in (*above, *below):
            found += lexicon.names[span.kind, name]
    return found


def _telling(value: str, values: tuple[str, ...], called: tuple[str, ...]) -> list[str]:
    """Return the words of a value that no other value of the option has: "homekit" of "Apple HomeKit"."""
    others = {piece for other in values if other != value for piece in key(other)}
    names = {piece for name in called for piece in key(name)}
    own = [piece.text for piece in pieces(value)]
    if len(own) < 2:
        return []
    return [
        word
        for word in own
        if word.isascii() and word.isalpha() and len(word) > 2 and word not in others | names | _FILLERS
    ]


def _opposites(option: str, values: tuple[str, ...]) -> dict[tuple[str, str], str]:
    yes = [value for value in values if value.strip().lower() in YES]
    no = [value for value in values if value.strip().lower() in NO]
    if len(yes) != 1 or len(no) != 1:
        return {}
    return {(option, yes[0]): no[0], (option, no[0]): yes[0]}
