"""The variants of a product that fit the options a customer names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.knowledge.lexicon import Lexicon
from core.knowledge.measures import UNIT_WORDS, measures
from core.knowledge.option_index import NO, YES
from core.knowledge.option_words import load_option_words
from core.knowledge.options import OptionMention, option_mentions
from core.knowledge.question import Question
from core.shop.records import Product, Variant, in_language

_SAID_OF_ANY = frozenset({"S", "M", "L"})
"""Sizes whose words (small, medium, large) are said of anything."""
_COLOUR_NAMES = ("color", "colour", "颜色")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ACRONYM = re.compile(r"\S+[A-Z]\S*")
"""What is written the same in both languages: RGB, USB-C, Wi-Fi."""
_YES_NO = (("yes", "no"), ("是", "否"))


def fitting(product: Product, question: Question, lexicon: Lexicon) -> tuple[Variant, ...]:
    """Return the variants with the options that the question names; all when it names none.

    A colour or a size that this product does not come in fits nothing; of options that were chosen before, those
    count that the words do not change.
    """
    named = option_mentions(question.text, product, lexicon)
    wanted = [[(one.option, one.value) for one in same] for same in _by_place(named) if not same[0].negated]
    refused = [(one.option, one.value) for one in named if one.negated]
    changed = {option for readings in wanted for option, _ in readings} | {option for option, _ in refused}
    wanted += [[choice] for choice in question.chosen if choice[0] not in changed]
    if _lacks_colour(product, question.text, named, lexicon):
        return ()
    if not all(_size_is_known(size, product, lexicon) for size in question.sizes):
        return ()
    ways = _joined(wanted)
    return tuple(
        variant
        for variant in product.variants.values()
        if all(any(variant.options.get(option) == value for option, value in way) for way in ways)
        and not any(variant.options.get(option) == value for option, value in refused)
    )


def chosen_options(product: Product, question: Question, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """Return the options that the words or an earlier choice settle: one value each."""
    found: dict[str, set[str]] = {}
    named = option_mentions(question.text, product, lexicon)
    for same in _by_place(named):
        if not same[0].negated and len({one.option for one in same}) == 1:
            found.setdefault(same[0].option, set()).update(one.value for one in same)
    settled = {option: values.pop() for option, values in found.items() if len(values) == 1}
    before = {option: value for option, value in question.chosen if option not in {one.option for one in named}}
    return tuple((before | settled).items())


def _by_place(named: Sequence[OptionMention]) -> list[list[OptionMention]]:
    places: dict[tuple[int, int], list[OptionMention]] = {}
    for one in named:
        places.setdefault((one.start, one.end), []).append(one)
    return list(places.values())


def _joined(wanted: Sequence[Sequence[tuple[str, str]]]) -> list[set[tuple[str, str]]]:
    """Take values of the same options as alternatives: "black or white"."""
    ways: dict[frozenset[str], set[tuple[str, str]]] = {}
    for readings in wanted:
        ways.setdefault(frozenset(option for option, _ in readings), set()).update(readings)
    return list(ways.values())


def _lacks_colour(product: Product, text: str, named: Sequence[OptionMention], lexicon: Lexicon) -> bool:
    """Return whether the words name a colour that is none of the product's: the red of red switches is one."""
    spans = [span for span in lexicon.read(text) if span.kind == "colour"]
    if not colours(product):
        spans = [span for span in spans if span.name != "transparent"]  # clear glass is no choice of colour
    return any(not any(one.start < span.end and span.start < one.end for one in named) for span in spans)


def _size_is_known(size: str, product: Product, lexicon: Lexicon) -> bool:
    """Return whether a product comes in a size: "M", "1.2l", "38"; what has no sizes is small or large as it is."""
    if option_mentions(size, product, lexicon):
        return True
    if plain(size) in {plain(value) for variant in product.variants.values() for value in variant.options.values()}:
        return True
    words = load_option_words()
    return size in _SAID_OF_ANY and not any("size" in words.kinds(option) for option in _option_names(product))


def variants_with(product: Product, options: Sequence[tuple[str, str]]) -> tuple[Variant, ...]:
    """Return the variants that have the options; all where none has them."""
    every = tuple(product.variants.values())
    return tuple(one for one in every if all(one.options.get(name) == value for name, value in options)) or every


def shared_options(product: Product, variants: Sequence[Variant]) -> tuple[tuple[str, str], ...]:
    """Return the options that some variants share and that tell them from the product's others."""
    if not variants:
        return ()
    shared = [one for one in variants[0].options.items() if all(one in other.options.items() for other in variants)]
    every = product.variants.values()
    return tuple((name, value) for name, value in shared if any(v.options.get(name) != value for v in every))


def option_values(product: Product, names: Sequence[str]) -> tuple[str, ...]:
    """Return the values of an option over all variants, in the order of the records."""
    wanted = {name.lower() for name in names}
    return tuple(
        dict.fromkeys(
            value
            for variant in product.variants.values()
            for name, value in variant.options.items()
            if name.lower() in wanted
        )
    )


def colours(product: Product) -> tuple[str, ...]:
    """Return the colours a product comes in, as the records write them."""
    return option_values(product, [name for name in _option_names(product) if is_colour(name)])


def other_options(product: Product) -> tuple[str, ...]:
    """Return the names of the options that are no colour."""
    return tuple(name for name in _option_names(product) if not is_colour(name))


def _option_names(product: Product) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for variant in product.variants.values() for name in variant.options))


def is_colour(option: str) -> bool:
    """Return whether an option is a colour: "color", "Frame Color", "颜色"."""
    return option.lower().endswith(_COLOUR_NAMES)


def has_colour(product: Product, names: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether a product comes in one of the colours, in a shade of it or in what it is a shade of."""
    own = {concept for value in colours(product) for concept in lexicon.concepts(value, "colour")}
    above = {wider for concept in own for wider in lexicon.broader("colour", concept)}
    asked = set(names) | {wider for name in names for wider in lexicon.broader("colour", name)}
    return bool(asked & own or set(names) & above)


def settled_features(product: Product, question: Question, lexicon: Lexicon) -> frozenset[str]:
    """Return the features and materials that are said by the options chosen: the steel of "the steel one"."""
    named = option_mentions(question.text, product, lexicon)
    spoken = [question.text[one.start : one.end] for one in named]
    if spoken or question.sizes:
        spoken += [f"{one.option} / {one.value}" for one in named] + list(other_options(product))
    return frozenset(span.token for words in spoken for span in lexicon.read(words) if span.kind)


def option_word(product: Product, word: str, lexicon: Lexicon, language: str) -> str:
    """Return an option's name or value as customers read it: "蓝色", "1.2 升".

    The product's own words come first, then the lexicon's, then a number with its unit; what is left is
    shown as it is written.
    """
    if word in product.option_texts:
        own = in_language(product.option_texts[word], language)
        return own.lower() if own.istitle() and own[0].isalpha() and len(own) > 2 else own
    if language == "en" and word.isascii():
        return word
    spans = lexicon.read(word)
    measured = _measured(word, language)
    if measured:
        return measured
    translated = _translated(word, product, language)
    if translated:
        return translated
    if len(spans) == 1 and spans[0].kind in ("colour", "material", "option", "attribute", "aspect"):
        return lexicon.word(spans[0].kind, spans[0].name, language)
    return word


def _translated(word: str, product: Product, language: str) -> str:
    """Return an option's name or value by the words for the options of goods; "" where it needs none."""
    if bool(_HAN.search(word)) == (language == "zh") or re.match(r"\d", word) or _ACRONYM.fullmatch(word):
        return ""
    words = load_option_words()
    options = [
        option for option in _option_names(product) for v in product.variants.values() if v.options.get(option) == word
    ]
    kinds = words.kinds(options[0]) if options else words.kinds(word)
    named = tuple(name for kind in kinds for name in words.named[kind])
    alike = words.alike(word, kinds) if options or not named else named
    fit = [name for name in alike if bool(_HAN.search(name)) == (language == "zh") and len(name) > 1]
    return fit[0] if fit and word.lower() != "size" else ""


def _measured(word: str, language: str) -> str:
    """Return a quantity with its unit in a language: "15 英寸" for "15-inch"; "" for anything else."""
    found = [one for one in measures(word) if one.start == 0 and (one.end == len(word) or word[one.end] in " ")]
    if len(found) != 1 or (found[0].kind, found[0].factor) not in UNIT_WORDS:
        return ""
    one, number = found[0], re.match(r"[\d.,]+(?:\s*-\s*[\d.,]+)?", word)
    if number is None or bool(_HAN.search(word)) == (language == "zh"):
        return ""
    english, chinese = UNIT_WORDS[one.kind, one.factor]
    return f"{number.group()} {chinese if language == 'zh' else english}".strip()


def describe(product: Product, variant: Variant, lexicon: Lexicon, language: str) -> str:
    """Return a variant's options in words: "蓝色，500 毫升"."""
    return describe_options(product, tuple(variant.options.items()), lexicon, language)


def describe_options(product: Product, options: Sequence[tuple[str, str]], lexicon: Lexicon, language: str) -> str:
    """Return options and their values in words: "蓝色，500 毫升"."""
    separator = "，" if language == "zh" else ", "
    return separator.join(value_word(product, *one, lexicon, language) for one in options)


def value_word(product: Product, option: str, value: str, lexicon: Lexicon, language: str) -> str:
    """Return an option's value in words, with the option where the value is yes, no or none: "防水：是"."""
    plain_value = value.strip().lower()
    if plain_value not in YES | NO or value in product.option_texts:
        return option_word(product, value, lexicon, language)
    word = _YES_NO[language == "zh"][plain_value in NO]
    joint = "：" if language == "zh" else ": "
    return f"{option_word(product, option, lexicon, language)}{joint}{word}"


def plain(value: str) -> str:
    """Return an option's value as it is compared: without case, blanks and hyphens."""
    return value.lower().replace(" ", "").replace("-", "").replace("litre", "l").replace("liter", "l")
