"""What can be quoted: one passage per product and per page of the shop."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.knowledge.lexicon import Lexicon, stem
from core.knowledge.measures import measures
from core.knowledge.option_index import signature
from core.knowledge.option_words import load_option_words
from core.knowledge.sentences import sentences
from core.shop.records import Page, Product

TITLE, CATEGORY, _FACT, _BODY = 1.0, 0.98, 0.85, 0.6
"""How much a word counts by where it stands."""
_SENTENCE_CHARS = 120
"""Of a longer text only the beginning becomes a vector: it says what the text is about."""
MEASURE = "measure:"
"""Before the token of a quantity; one that no product has speaks against none."""
_SOFT = ("colour:", "size:", "audience:")
"""Of a question, what narrows a product down and does not find it, unless it is all there is."""
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A product's record or a page, with the words it is found by."""

    id: str
    """"product:ID" or "page:ID", which is also its citation."""
    fields: tuple[tuple[str, float], ...]
    """Texts with their prominence."""
    sentences: tuple[str, ...]
    """What is turned into vectors."""
    details: tuple[str, ...] = ()
    """Sentences of a page's text, turned into vectors of their own: they confirm what the titles promise."""


def of_product(product: Product) -> Passage:
    """Return a product's passage."""
    categories = [*product.category_names.values(), product.category]
    facts = [f"{name} {text}" for name, texts in product.attributes.items() for text in texts.values()]
    options = {value for variant in product.variants.values() for value in variant.options.values()}
    translated = {word for option, values in signature(product) for value in values for word in _abroad(option, value)}
    bodies = list(product.descriptions.values())
    return Passage(
        id=f"product:{product.product_id}",
        fields=(
            *((text, TITLE) for text in product.names.values()),
            *((text, CATEGORY) for text in categories),
            *((text, _FACT) for text in [*facts, *sorted(options), *sorted(translated)]),
            *((text, _BODY) for text in bodies),
        ),
        sentences=tuple(dict.fromkeys([*product.names.values(), *(text[:_SENTENCE_CHARS] for text in bodies)])),
    )


def _abroad(option: str, value: str) -> list[str]:
    """Return the words for an option's value in the language that it is not written in: 青轴 for "clicky"."""
    words = load_option_words()
    written = bool(_HAN.search(value))
    alike = words.alike(value, words.kinds(option))
    return [word for word in alike if bool(_HAN.search(word)) != written and len(word) > 1]


def of_page(page: Page) -> Passage:
    """Return a page's passage."""
    titles = [*page.titles.values(), *(question for asked in page.questions.values() for question in asked)]
    bodies = list(page.bodies.values())
    return Passage(
        id=f"page:{page.id}",
        fields=(*((text, TITLE) for text in titles), *((text, _BODY) for text in bodies)),
        sentences=tuple(dict.fromkeys([*titles, *(text[:_SENTENCE_CHARS] for text in bodies)])),
        details=tuple(dict.fromkeys(one for body in bodies for one in sentences(body))),
    )


def tokens(text: str, lexicon: Lexicon, *, query: bool) -> list[str]:
    """Return what an index counts: concepts, English stems, and pairs of Chinese characters.

    A question's aspects and noise ("how much", "请问") say nothing about its subject and are left out, and
    characters inside a concept are not counted twice; of a passage everything counts.
    """
    found, text = _quantities(text)
    run = ""
    for span in lexicon.read(text):
        if not span.kind and _HAN.match(span.name):
            run += span.name
            continue
        found += _pairs(run)
        run = ""
        if span.kind in ("noise", "aspect"):
            continue
        found.append(span.token)
        if not query:
            found += _within(text[span.start : span.end])
    if not query:
        found += [span.token for span in lexicon.within(text) if span.kind not in ("noise", "aspect")]
    found += _pairs(run)
    telling = [token for token in found if not token.startswith(_SOFT)]
    return list(dict.fromkeys(telling if query and telling else found))


def _quantities(text: str) -> tuple[list[str], str]:
    """Return the tokens of a text's quantities, the same in all spellings, and the text without them."""
    found = measures(text)
    for one in reversed(found):
        text = f"{text[: one.start]}{' ' * (one.end - one.start)}{text[one.end :]}"
    return [f"{MEASURE}{one.kind}:{one.low:g}" for one in found], text


def wider(token: str, lexicon: Lexicon) -> list[str]:
    """Return the tokens of what a token's concept is a sort of: "thing:bottle" -> "thing:water_vessel", ..."""
    kind, colon, name = token.partition(":")
    return [f"{kind}:{above}" for above in lexicon.broader(kind, name)] if colon else []


def _within(written: str) -> list[str]:
    """Return what a concept's words are found by besides: the camping of a camping chair."""
    if _HAN.search(written):
        return _pairs(written)
    words = re.split(r"[\s-]+", written.lower())
    return [stem(word) for word in words] if len(words) > 1 else []


def _pairs(run: str) -> list[str]:
    if len(run) < 2:
        return [run] if run else []
    return [run[at : at + 2] for at in range(len(run) - 1)]
