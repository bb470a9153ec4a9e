"""The line of a product's record that answers a question: found by meaning, where no rule knows what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.knowledge.lexicon import Lexicon
from core.knowledge.measures import measures
from core.knowledge.naming import product_mentions
from core.knowledge.sentences import sentences
from core.ports import TextEncoder
from core.shop.records import Product, in_language
from core.types import Language

_ENOUGH, _NEAR = 0.38, 0.2
"""Cosine from which a line answers, and from which it is worth telling as the nearest there is. Of 64 questions of
ours that a record answers 43 are above the first, 42 of these with the right line; of 50 that it does not, 1."""
_SAME_UNIT = 0.15
"""What it adds that a line has the unit that is asked for: "how many watts"."""
_HOW_MANY = re.compile(
    r"\bhow many ([a-z]+)|\b(?:what|which) ([a-z]+) (?:is|does|do|are)\b"
    r"|多少(个?[\u4e00-\u9fff]{1,2})|几(个?[\u4e00-\u9fff]{1,2})",
    re.IGNORECASE,
)
_HOW_LONG = re.compile(r"\bhow long\b(?! is| are)|多久|多长时间|battery life", re.IGNORECASE)
_DAYS = re.compile(r"\d\s*(?:days?\b|天)|[一二三四五六七八九十]天", re.IGNORECASE)
_LABELS = ("attribute", "option", "feature", "aspect", "topic")
_WORDS = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]{2}")
_ASKS = re.compile(
    r"[?？]|吗|呢|谁|哪|什么|几|多少|多大|多长|多高|怎么|咋|(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)|[不没么][\s。.~]*$"
    r"|\b(?:who|whose|which|what|where|when|why|how|can|could|or|got|do|does|did|is|are|was|were|will|would|has|have)\b",
    re.IGNORECASE,
)
_ASKS_OF = re.compile(r"^\W*(?:the )?(?:\w+ ){1,4}(?:of|for|on|in) (?:the|your|this|that)\b", re.IGNORECASE)
"""A question without a verb: "conversion efficiency of the charger"."""
_TELLS = re.compile(r"[A-Za-z]{3}|[\u4e00-\u9fff]")
_LEAST = 2
"""Letters or characters that must be left of a question without the product's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A fact, or a sentence of the description."""

    attribute: str
    """The fact's key; empty for a sentence."""
    text: str
    sure: bool = True
    """Whether it answers; else it is only the nearest that the record has."""


async def answering_line(
    question: str, product: Product, language: Language, lexicon: Lexicon, encoder: TextEncoder | None
) -> RecordLine | None:
    """Return the line of the record that answers a normalised question; None when none is near enough."""
    asked = without_name(question, product, language, lexicon)
    lines = _lines(product, language, lexicon)
    if encoder is None or not lines or len(asked) < _LEAST:
        return None
    worded = [_worded(line, language, lexicon) for line in lines]
    vectors = await encoder.encode([asked, *worded])
    units = _units_asked(asked) or frozenset(one.kind for one in measures(asked))
    likeness = [
        float(vector @ vectors[0]) + (_SAME_UNIT if units & _units(text) else 0.0)
        for vector, text in zip(vectors[1:], worded, strict=True)
    ]
    best = max(range(len(lines)), key=likeness.__getitem__)
    sure = likeness[best] >= _ENOUGH and (not units or bool(units & _units(worded[best])))
    return replace(lines[best], sure=sure) if likeness[best] >= _NEAR else None


def asks_quantity(question: str) -> bool:
    """Return whether a question wants so many of something that can be measured: litres, watts, hours."""
    return bool(_units_asked(question))


def _units_asked(question: str) -> frozenset[str]:
    """Return the kinds of quantity that a question wants: "how many watts", "几个小时", "how long"."""
    words = [next(filter(None, found.groups())) for found in _HOW_MANY.finditer(question)]
    found = {kind for word in words for kind in _units(f"2 {word}")}
    return frozenset(found | ({"time", "days"} if _HOW_LONG.search(question) else set()))


def _units(text: str) -> frozenset[str]:
    """Return the kinds of quantity that a text holds."""
    kinds = {one.kind for one in measures(text)}
    return frozenset(kinds | ({"days"} if _DAYS.search(text) else set()))


def asks_more(question: str, product: Product, language: Language, lexicon: Lexicon) -> bool:
    """Return whether a question wants to know something of its own, and not only about the product in general."""
    left = without_name(question, product, language, lexicon)
    own = [span for span in lexicon.read(left) if _TELLS.search(span.name) and span.kind in ("", "thing")]
    return bool(_ASKS.search(left) or _ASKS_OF.search(left)) and bool(own)


def without_name(question: str, product: Product, language: Language, lexicon: Lexicon) -> str:
    """Return what a question asks, without the words that only name the product."""
    left = question
    for one in sorted(product_mentions(question, [product], lexicon), key=lambda one: -one.start):
        left = f"{left[: one.start]} {left[one.end :]}"
    for word in _WORDS.findall(in_language(product.names, language)):
        left = re.sub(rf"\b{word}\b" if word.isascii() else word, " ", left, flags=re.IGNORECASE)
    return " ".join(left.split())


def _lines(product: Product, language: Language, lexicon: Lexicon) -> Sequence[RecordLine]:
    facts = [RecordLine(attribute=key, text=in_language(texts, language)) for key, texts in product.attributes.items()]
    told = in_language(product.descriptions, language) if product.descriptions else ""
    return [*facts, *(RecordLine(attribute="", text=one) for one in sentences(told))]


def _worded(line: RecordLine, language: Language, lexicon: Lexicon) -> str:
    if not line.attribute:
        return line.text
    words = (lexicon.word(kind, line.attribute, language) for kind in _LABELS)
    label = next((word for word in words if word != line.attribute), line.attribute.replace("_", " "))
    return f"{label}: {line.text}"
