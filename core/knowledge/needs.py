"""What a customer needs, and how far a product's record says that it is met."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.knowledge.budget import Budget
from core.knowledge.lexicon import Lexicon
from core.knowledge.negation import is_negated
from core.knowledge.numbers import NUMBER, value
from core.knowledge.option_index import NO, YES
from core.knowledge.option_words import load_option_words
from core.knowledge.options import OptionMention, option_mentions
from core.knowledge.question import Question, context_from
from core.knowledge.sentences import clipped, sentences
from core.shop.records import Product, Variant, in_language

_KINDS = ("feature", "material", "use", "audience")
_DRY = re.compile(r"\bkeep\w*\b[^,.;]*\bdry\b|\bstay\w* dry\b|淋湿|不怕雨|怕水|不(?:会|容易)?进水", re.IGNORECASE)
_AGE = re.compile(rf"({NUMBER})[\s-]*(?:岁|周岁|years?[\s-]old|year[\s-]olds?|yo\b|y/o)", re.IGNORECASE)
_AGES = re.compile(r"\d+(?:\.\d+)?")
_QUOTE_CHARS = 60
_AS_GOOD = {
    ("use", "gift"): (("attribute", "gift_box"),),
    ("use", "rain"): (("feature", "waterproof"),),
    ("use", "travel"): (("feature", "portable"), ("feature", "foldable")),
    ("use", "winter"): (("material", "down"), ("material", "wool"), ("material", "fleece")),
    ("use", "fitness"): (("use", "yoga"), ("use", "running")),
    ("use", "outdoors"): (("use", "camping"), ("use", "hiking")),
}
"""What else in a record shows that a product serves a use."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is asked of a product."""

    kind: str
    """"budget", "size", "age", or a kind of concept: "feature", "material", "colour", "use", "audience", "thing"."""
    name: str
    """The concept, the age, or "" ."""
    said: str
    """As the customer said it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Where a record says that a need is met."""

    need: Need
    key: str
    """The attribute or option that says it; "" for the name, the description or the price."""
    text: str
    """What it says, as the record writes it; "" where the name itself says it."""
    is_option: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product with what it meets and what it lacks."""

    product: Product
    variants: tuple[Variant, ...]
    """Those that meet the most, in stock."""
    reasons: tuple[Reason, ...]
    lacking: tuple[Need, ...]


def read_needs(question: Question, lexicon: Lexicon, budget: Budget | None) -> tuple[Need, ...]:
    """Return what a question asks of a product besides what it is."""
    found: dict[tuple[str, str], Need] = {}
    spans = lexicon.read(question.text)
    for span in spans:
        if span.kind in (*_KINDS, "colour") and not is_negated(question.text, span.start, span.end):
            said = question.text[span.start : span.end]
            found.setdefault((span.kind, span.name), Need(span.kind, span.name, said))
    for span in spans:
        if span.kind == "thing" and span.start >= context_from(question.text):
            found["thing", span.name] = Need("thing", span.name, question.text[span.start : span.end])
    dry = _DRY.search(question.text)
    if dry:
        found.setdefault(("feature", "waterproof"), Need("feature", "waterproof", dry[0]))
    for size in question.sizes:
        found["size", size] = Need("size", size, size)
    age = _AGE.search(question.text)
    if age and (years := value(age[1])) is not None:
        found["age", ""] = Need("age", f"{years:g}", age[0])
        found.setdefault(("audience", "children"), Need("audience", "children", age[0]))
    if budget is not None:
        found["budget", ""] = Need("budget", "", "")
    return tuple(found.values())


def weigh(product: Product, needs: Sequence[Need], question: Question, lexicon: Lexicon, language: str,
          budget: Budget | None) -> Candidate:  # fmt: skip
    """Return how far a product meets the needs, with the variants that meet the most of them."""
    named = option_mentions(question.text, product, lexicon)
    last = {(one.option, one.value): one.negated for one in sorted(named, key=lambda one: one.start)}
    refused = {value for value, negated in last.items() if negated}
    mentions = [one for one in named if not one.negated and (one.option, one.value) not in refused]
    here = (one for one in product.variants.values() if one.available and one.stock != 0)
    left = tuple(one for one in here if not refused & set(one.options.items()))
    reasons: list[Reason] = []
    lacking: list[Need] = []
    for need in needs:
        if need.kind == "budget":
            continue
        reason, fitting = _by_option(need, question.text, mentions, left)
        if reason is None:
            reason, fitting = _by_record(need, product, lexicon, language), left
        if reason is None and need.kind == "audience" and need.name != "children":
            continue  # what is for nobody in particular is for them as well
        if reason is None or not fitting:
            lacking.append(need)
        else:
            reasons.append(reason)
            left = fitting
    for need in needs:
        if need.kind == "budget" and budget is not None:
            paid = tuple(one for one in left if budget.holds(one))
            if paid:
                left = paid
                reasons.append(Reason(need, "", ""))
            else:
                lacking.append(need)
    return Candidate(product, left, tuple(reasons), tuple(lacking))


def _by_option(
    need: Need, text: str, mentions: Sequence[OptionMention], variants: tuple[Variant, ...]
) -> tuple[Reason | None, tuple[Variant, ...]]:
    """Return the variants whose options answer the words of a need."""
    places = [one for one in mentions if need.said and need.said.lower() in text[one.start : one.end].lower()]
    places = places or [one for one in mentions if need.said and text[one.start : one.end].lower() in need.said.lower()]
    if not places:
        return None, variants
    wanted = {(one.option, one.value) for one in places}
    fitting = tuple(one for one in variants if wanted & set(one.options.items()))
    return Reason(need, places[0].option, places[0].value, is_option=True), fitting


def _by_record(need: Need, product: Product, lexicon: Lexicon, language: str) -> Reason | None:
    """Return the words of the record that answer a need."""
    if need.kind == "age":
        return _of_age(need, product, language)
    if need.kind in ("colour", "size"):
        return None
    token = (need.kind, need.name)
    names = [*product.names.values(), *product.category_names.values(), product.category]
    if any(_says(text, token, lexicon) for text in names):
        return Reason(need, "", "")
    for key, texts in product.attributes.items():
        plain = next(iter(texts.values()), "").strip().lower()
        if plain in NO or any(plain.startswith(f"{no} ") for no in ("no", "not")) or plain.startswith(("不", "无")):
            continue
        titled = (key == need.name or _says(key, token, lexicon)) and (plain in YES or need.kind == "feature")
        if titled or any(_says(text, token, lexicon) for text in texts.values()):
            return Reason(need, key, in_language(texts, language))
    said = {own: sentence for own, text in product.descriptions.items() for sentence in sentences(text)
            if _says(sentence, token, lexicon)}  # fmt: skip
    return Reason(need, "", clipped(said.get(language, ""), _QUOTE_CHARS)) if said else None


def _of_age(need: Need, product: Product, language: str) -> Reason | None:
    words = load_option_words()
    for key, texts in product.attributes.items():
        if "age" not in words.kinds(key) and "年龄" not in key:
            continue
        text = in_language(texts, language)
        numbers = [float(number) for number in _AGES.findall(text)]
        years = float(need.name)
        if not numbers or numbers[0] <= years <= (numbers[1] if len(numbers) > 1 else 99):
            return Reason(need, key, text)
    return None


def _says(text: str, token: tuple[str, str], lexicon: Lexicon) -> bool:
    """Return whether a text speaks of a concept and does not deny it."""
    for span in lexicon.within(text):
        own = (span.kind, span.name)
        sort = span.kind == token[0] and token[1] in lexicon.broader(*own)
        if (own == token or sort or own in _AS_GOOD.get(token, ())) and not is_negated(text, span.start, span.end):
            return True
    return False
