"""What a model may draw from when it words an answer: the answer itself, and the records that it cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.generation.checker import Evidence
from core.knowledge.facts import Facts
from core.knowledge.lexicon import Lexicon
from core.knowledge.sentences import sentences
from core.knowledge.variants import option_word
from core.shop.records import Page, Product, in_language
from core.types import Language
from core.wording.formats import price_range

_MOST = 24
"""Sentences; a prompt of a small model on a CPU is read at some 50 tokens a second."""
SOURCES = ("product:", "page:", "review:", "doc:")
"""Whose facts may be put in other words. Orders and money on its way stay in the words that were checked."""


def gather(answer: str, cited: Sequence[str], facts: Facts, *, currency: str, language: Language) -> list[Evidence]:
    """Return the sentences of an answer and of the records it cites, the answer's own first."""
    first = cited[0] if cited else "answer"
    found = [Evidence(source=first, text=one) for one in sentences(answer)]
    for source in cited:
        kind, _, key = source.partition(":")
        product = facts.product(key) if kind == "product" else None
        page = facts.pages.get(key) or facts.pages.get(source)
        lines = (
            _of_product(product, facts.lexicon, currency, language)
            if product
            else _of_page(page, language)
            if page
            else ()
        )
        found += [Evidence(source=source, text=line) for line in lines]
    unique: dict[str, Evidence] = {}
    for one in found:
        unique.setdefault(one.text, one)
    return list(unique.values())[:_MOST]


def _of_product(product: Product, lexicon: Lexicon, currency: str, language: Language) -> Iterator[str]:
    name = in_language(product.names, language)
    variants = list(product.variants.values())
    colon = "：" if language == "zh" else ": "
    yield f"{name}{colon}{price_range([one.price for one in variants], currency, language)}"
    for option in dict.fromkeys(option for one in variants for option in one.options):
        values = dict.fromkeys(
            option_word(product, one.options[option], lexicon, language) for one in variants if option in one.options
        )
        yield f"{option_word(product, option, lexicon, language)}{colon}{', '.join(values)}"
    yield from sentences(in_language(product.descriptions, language)) if product.descriptions else ()
    for attribute, texts in product.attributes.items():
        yield f"{attribute}{colon}{in_language(texts, language)}"


def _of_page(page: Page, language: Language) -> Iterator[str]:
    yield from sentences(in_language(page.bodies, language))
