"""Read a question: what it is about, which options it names, what it wants to know."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.knowledge.budget import Budget, read_budget
from core.knowledge.lexicon import Lexicon, Span
from core.knowledge.measures import measures
from core.knowledge.passages import tokens

_SIZED = frozenset({"volume", "mass", "length", "data", "charge", "size", "cups", "pixels"})
"""Kinds of quantities that an option of goods is likely to be."""
_NO_PRICE = re.compile(
    r"\bhow much (?:(?:weight|power|water|space|room|noise|energy|load|memory|storage)\b|(?:can|could)\b)"
    r"|多少(?:个|小时|分钟|天|年|瓦|伏|米|厘米|公斤|千克|克|斤|升|毫升|寸|页|人|只|转|分贝|度|片|层|根)",
    re.IGNORECASE,
)
"""A "how much" that asks for no price."""
_OTHER_TIMES = re.compile(
    r"\b(?:last|next) (?:year|month|week)\b|\b(?:get|become|go) (?:more expensive|cheaper|up|down)\b"
    r"|去年|明年|以前卖|原来卖|会不会?(?:涨|降)|会(?:涨|降|便宜|贵)",
    re.IGNORECASE,
)
"""What something cost or will cost is in no record."""
_SIZE_LETTERS = re.compile(r"(?<![A-Za-z0-9'])(X{0,3}[SL]|M)(?:码|号)?(?![A-Za-z0-9'])")
_FACTS = ("feature", "material", "attribute", "option")
_SOMETHING = re.compile(r"\b(?:something|anything)\b(?= (?:to|for|that|which|suitable|i))", re.IGNORECASE)
_TELLS = re.compile(r"[A-Za-z]{2}|[\u4e00-\u9fff]")
_SIZE_NUMBER = re.compile(r"\bsize\s*\d{1,2}(?:\.5)?\b", re.IGNORECASE)
_LISTING = (("noise", "have"), ("noise", "want"), ("noise", "product"))
_SOFT = ("colour", "size", "audience", "topic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about the catalogue, taken apart."""

    text: str
    subject: tuple[str, ...]
    """Tokens that say what it is about: things, features, unknown words; empty for "how much is it?"."""
    aspects: tuple[str, ...]
    """"price", "stock", "colours", "sizes", "material", ..., in the order of the text."""
    colours: tuple[str, ...]
    """Canonical English names."""
    sizes: tuple[str, ...]
    """As they are written: "M", "1.2 litres", "28cm", "size 9"."""
    features: tuple[str, ...]
    """Tokens of features and materials: "feature:waterproof"."""
    points: bool
    """Whether it points at something spoken of: "it", "that one", "这个"."""
    lists: bool
    """Whether it asks what there is ("do you have ...", "recommend"), not about one thing."""
    have: bool
    """Whether it asks if there is such a thing: "do you sell", "有没有"."""
    things: tuple[str, ...]
    """Tokens of the kinds of product it names: "thing:backpack"."""
    unknown: tuple[str, ...]
    """What the lexicon knows nothing of, as it was written: "婴儿推车", "strollers"."""
    budget: Budget | None
    audience: tuple[str, ...]
    """Whom it is for: "men", "women", "children"."""
    topics: tuple[str, ...]
    """What of the shop's ways it touches: "shipping", "return", ..."""
    chosen: tuple[tuple[str, str], ...] = ()
    """Options and values that were chosen before of the product spoken of, as its record writes them."""


def read_question(text: str, lexicon: Lexicon) -> Question:
    """Take a question apart with the lexicon."""
    budget, text = read_budget(text)
    spans = lexicon.read(text)
    measured = [one for one in measures(text) if one.kind in _SIZED]
    sizes = [text[one.start : one.end] for one in measured]
    sizes += _SIZE_NUMBER.findall(text)
    sizes += [letters.upper() for letters in _SIZE_LETTERS.findall(text)]
    sizes += [span.name for span in spans if span.kind == "size"]
    bare = text
    for one in reversed(measured):
        bare = f"{bare[: one.start]} {bare[one.end :]}"
    bare = _SIZE_NUMBER.sub(" ", _SIZE_LETTERS.sub(" ", bare))
    subject = [token for token in tokens(bare, lexicon, query=True) if not token.startswith(_SOFT)]
    return Question(
        text=text,
        subject=tuple(subject),
        aspects=_aspects(text, spans),
        colours=_names(spans, "colour"),
        sizes=tuple(dict.fromkeys(sizes)),
        features=tuple(span.token for span in spans if span.kind in _FACTS),
        points=any((span.kind, span.name) == ("noise", "this") for span in spans),
        lists=any((span.kind, span.name) in _LISTING for span in spans),
        have=any((span.kind, span.name) == ("noise", "have") for span in spans),
        things=tuple(span.token for span in spans if span.kind == "thing" and span.start < context_from(text)),
        unknown=_unknown(text, spans),
        budget=budget,
        audience=_names(spans, "audience"),
        topics=_names(spans, "topic"),
    )


def _aspects(text: str, spans: list[Span]) -> tuple[str, ...]:
    found = _names(spans, "aspect")
    if _NO_PRICE.search(text) or _OTHER_TIMES.search(text):
        return tuple(name for name in found if name != "price")
    return found


def context_from(text: str) -> int:
    """Return from where things are only what something is for: "something to keep my laptop dry"."""
    found = _SOMETHING.search(text)
    return found.end() if found else len(text)


def _unknown(text: str, spans: list[Span]) -> tuple[str, ...]:
    """Return the stretches between known words."""
    found: list[list[int]] = []
    for span in spans:
        if span.kind or not _TELLS.search(span.name):
            continue
        if found and not text[found[-1][1] : span.start].strip():
            found[-1][1] = span.end
        else:
            found.append([span.start, span.end])
    return tuple(text[start:end] for start, end in found)


def _names(spans: list[Span], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.name for span in spans if span.kind == kind))
