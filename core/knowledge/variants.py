"""The variants of a product that fit the options a customer names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.knowledge.lexicon import Lexicon
from core.knowledge.question import Question
from core.shop.records import Product, Variant, in_language

_COLOUR_NAMES = ("color", "colour", "颜色")
_UNIT_ZH = {"ml": "毫升", "l": "升", "cm": "厘米", "mm": "毫米", "kg": "千克", "inch": "寸", "mah": "毫安时"}


def fitting(product: Product, question: Question, lexicon: Lexicon) -> tuple[Variant, ...]:
    """Return the variants with the colour and the size that the question names; all when it names none."""
    found = []
    for variant in product.variants.values():
        values = " / ".join(variant.options.values())
        colours = lexicon.concepts(values, "colour")
        sizes = {plain(value) for value in [*variant.options.values(), *lexicon.concepts(values, "size")]}
        if question.colours and not set(question.colours) & set(colours):
            continue
        if question.sizes and not {plain(size) for size in question.sizes} & sizes:
            continue
        found.append(variant)
    return tuple(found)


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
    return option_values(product, [name for name in _option_names(product) if _is_colour(name)])


def other_options(product: Product) -> tuple[str, ...]:
    """Return the names of the options that are no colour."""
    return tuple(name for name in _option_names(product) if not _is_colour(name))


def _option_names(product: Product) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for variant in product.variants.values() for name in variant.options))


def _is_colour(option: str) -> bool:
    """Return whether an option is a colour: "color", "Frame Color", "颜色"."""
    return option.lower().endswith(_COLOUR_NAMES)


def option_word(product: Product, word: str, lexicon: Lexicon, language: str) -> str:
    """Return an option's name or value as customers read it: "蓝色", "1.2 升".

    The product's own words come first, then the lexicon's, then a number with its unit; what is left is
    shown as it is written.
    """
    if word in product.option_texts:
        own = in_language(product.option_texts[word], language)
        return own.lower() if own.istitle() and own[0].isalpha() and len(own) > 2 else own
    spans = lexicon.read(word)
    if len(spans) == 1 and spans[0].kind in ("colour", "material", "option", "attribute", "aspect"):
        return lexicon.word(spans[0].kind, spans[0].name, language)
    measure = re.fullmatch(r"(\d+(?:\.\d+)?)\s*-?\s*([A-Za-z]+)", word)
    if measure and language == "zh" and measure.group(2).lower() in _UNIT_ZH:
        return f"{measure.group(1)} {_UNIT_ZH[measure.group(2).lower()]}"
    return word


def describe(product: Product, variant: Variant, lexicon: Lexicon, language: str) -> str:
    """Return a variant's options in words: "蓝色，500 毫升"."""
    separator = "，" if language == "zh" else ", "
    return separator.join(option_word(product, value, lexicon, language) for value in variant.options.values())


def plain(value: str) -> str:
    """Return an option's value as it is compared: without case, blanks and hyphens."""
    return value.lower().replace(" ", "").replace("-", "").replace("litre", "l").replace("liter", "l")
