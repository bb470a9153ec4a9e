"""What can be asked about one product, each with the words that answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.dialogue.hearsay import tell_reviews
from core.knowledge.question import Question
from core.knowledge.sentences import clipped
from core.knowledge.variants import (
    colours,
    describe,
    is_colour,
    option_values,
    option_word,
    other_options,
    value_word,
)
from core.shop.records import Product, Variant, in_language
from core.wording.formats import listing, price_range

_LACKING_SHOWN = 4
_QUOTE_CHARS = 160
_SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the customer asks about: a product, narrowed to the variants that fit."""

    draft: Draft
    product: Product
    variants: tuple[Variant, ...]
    question: Question

    @property
    def name(self) -> str:
        """Return the product's name, with the colour and the size where they were named."""
        name = in_language(self.product.names, self.draft.language)
        if len(self.variants) == 1 or len(self.variants) == len(self.product.variants):
            return name
        named = [self.value_of(option, value) for option, value in self.question.chosen]
        if not named:
            return name
        opened, closed = ("（", "）") if self.draft.language == "zh" else (" (", ")")
        return f"{name}{opened}{listing(named, self.draft.language)}{closed}"

    @property
    def prices(self) -> str:
        """Return the price, or from the lowest to the highest."""
        return self.prices_of(self.variants)

    def prices_of(self, variants: Sequence[Variant]) -> str:
        """Return the prices of some variants."""
        return price_range([v.price for v in variants], self.draft.desk.currency, self.draft.language)

    def word(self, option: str) -> str:
        """Return an option's name or value in the customer's language."""
        return option_word(self.product, option, self.draft.desk.facts.lexicon, self.draft.language)

    def value_of(self, option: str, value: str) -> str:
        """Return an option's value in the customer's language, with the option where that is yes or no."""
        return value_word(self.product, option, value, self.draft.desk.facts.lexicon, self.draft.language)

    def options_of(self, variant: Variant) -> str:
        """Return a variant's options in words."""
        return describe(self.product, variant, self.draft.desk.facts.lexicon, self.draft.language)

    def say(self, key: str, **values: object) -> None:
        """Say a sentence about the product."""
        self.draft.say(key, product=self.name, **values)

    def admit(self) -> None:
        """Say that the product's record does not say."""
        self.draft.admit("not_in_record", product=self.name)


def is_in_stock(variant: Variant) -> bool:
    """Return whether a variant can be bought now."""
    return variant.available and (variant.stock is None or variant.stock > 0)


def tell_price(about: Subject) -> None:
    """Tell the price, of the one variant that is meant or of all."""
    if len(about.variants) == 1 and len(about.product.variants) > 1:
        about.say("price_variant", options=about.options_of(about.variants[0]), price=about.prices)
    else:
        about.say("price", price=about.prices)


def tell_stock(about: Subject) -> None:
    """Tell what is in stock, at what price, and what lacks."""
    here = [variant for variant in about.variants if is_in_stock(variant)]
    lacking = [about.options_of(variant) for variant in about.variants if not is_in_stock(variant)]
    if not here:
        about.say("stock_none")
    elif len(about.variants) == 1:
        about.say("stock_one", options=about.options_of(here[0]), price=about.prices)
    elif not lacking:
        about.say("stock_all", price=about.prices)
    else:
        about.say("stock_some", price=about.prices_of(here))
        if len(lacking) <= _LACKING_SHOWN:
            between = "；" if about.draft.language == "zh" else "; "
            about.draft.say("stock_lacking", options=between.join(lacking))


def tell_colours(about: Subject) -> None:
    """Tell the colours, or the stock when a colour was named."""
    have = [about.word(value) for value in colours(about.product)]
    if about.question.colours or any(is_colour(option) for option, _ in about.question.chosen):
        tell_stock(about)
    elif have:
        about.say("colours", colours=listing(have, about.draft.language))
    else:
        about.say("one_colour")


def tell_sizes(about: Subject) -> None:
    """Tell the options that are no colour, else the record's facts about size."""
    options = other_options(about.product)
    for option in options:
        values = [about.word(value) for value in option_values(about.product, [option])]
        about.say("option_values", option=about.word(option), values=listing(values, about.draft.language))
    if not options:
        _tell_first_fact(about, ("size", "dimensions", "capacity", "length", "diameter"))


def tell_related(about: Subject) -> None:
    """Tell what the shop's records say goes with it, whichever of the two records says so."""
    nodes = about.draft.desk.facts.graph.near(f"product:{about.product.product_id}", "goes_with")
    if not nodes:
        about.admit()
        return
    about.say(
        "related", others=listing([in_language(one.names, about.draft.language) for one in nodes], about.draft.language)
    )
    for node in nodes:
        about.draft.cite(node.id, in_language(node.names, about.draft.language))


def tell_fact(about: Subject, key: str) -> None:
    """Tell one attribute of the record."""
    label = about.draft.desk.facts.lexicon.word("attribute", key, about.draft.language)
    for kind in ("option", "feature", "aspect", "topic"):
        if label == key:
            label = about.draft.desk.facts.lexicon.word(kind, key, about.draft.language)
    value = in_language(about.product.attributes[key], about.draft.language)
    about.say("fact", label=label.replace("_", " "), value=value)


def tell_feature(about: Subject, token: str) -> bool:
    """Quote the attribute, option or sentence of the record that speaks of a feature; False when none does."""
    lexicon, (kind, _, name) = about.draft.desk.facts.lexicon, token.partition(":")
    if kind in ("option", "attribute") and name in other_options(about.product):
        values = [about.word(value) for value in option_values(about.product, [name])]
        about.say("option_values", option=about.word(name), values=listing(values, about.draft.language))
        return True
    if name in about.product.attributes:
        tell_fact(about, name)
        return True
    for key, texts in about.product.attributes.items():
        if any(token in {span.token for span in lexicon.read(text)} for text in texts.values()):
            tell_fact(about, key)
            return True
    quote = _sentence_about(about, token)
    if quote:
        about.say("quote", quote=clipped(quote, _QUOTE_CHARS))
    return bool(quote)


def _sentence_about(about: Subject, token: str) -> str:
    """Return the sentence of the description that speaks of a feature, in the customer's language if it does there."""
    lexicon, found = about.draft.desk.facts.lexicon, ""
    for language, text in about.product.descriptions.items():
        for sentence in _SENTENCE_END.split(text):
            if token in {span.token for span in lexicon.read(sentence)}:
                if language == about.draft.language:
                    return sentence
                found = found or sentence
    return found


def _tell_first_fact(about: Subject, keys: Sequence[str]) -> None:
    key = next((key for key in keys if key in about.product.attributes), None)
    option = next((key for key in keys if key in other_options(about.product)), None)
    if key is None and option is not None:
        values = [about.word(value) for value in option_values(about.product, [option])]
        about.say("option_values", option=about.word(option), values=listing(values, about.draft.language))
    elif key is None:
        about.admit()
    else:
        tell_fact(about, key)


ASPECTS: Mapping[str, Callable[[Subject], None]] = MappingProxyType(
    {
        "price": tell_price,
        "cheapest": tell_price,
        "stock": tell_stock,
        "colours": tell_colours,
        "sizes": tell_sizes,
        "material": lambda about: _tell_first_fact(about, ("material", "fabric", "upper", "shell")),
        "weight": lambda about: _tell_first_fact(about, ("weight",)),
        "care": lambda about: _tell_first_fact(about, ("care",)),
        "related": tell_related,
        "reviews": tell_reviews,
    }
)
"""Every aspect of the lexicon that a record can answer."""
