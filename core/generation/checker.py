"""Compare what a model wrote, sentence by sentence, with the evidence that it was given.

Numbers, prices, dates, ids and links are compared exactly; names of products, promises, properties and their
negation by the shop's own lists of words; the rest must at least be about what the evidence is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.generation.claims import Claim, claims
from core.generation.promises import says_no, unkept
from core.knowledge.instructions import sift
from core.knowledge.lexicon import Lexicon, Span
from core.knowledge.naming import product_mentions
from core.knowledge.negation import is_negated
from core.knowledge.passages import tokens
from core.knowledge.sentences import sentences
from core.ports import TextEncoder
from core.shop.records import Product
from core.understand.language import detect

_PROPERTIES = frozenset({"colour", "material", "feature", "audience"})
_NAMED_IN_FULL = 0.85
"""Strength from which a product is named, and not only something of its kind."""
_ABOUT = 0.5
"""The part of a sentence's telling words that the evidence must have, or else a meaning as near as `_ALIKE`."""
_ALIKE = 0.6
_LEAKS = 30
"""Characters of our instructions in a row that are no chance."""
_UNITLESS = frozenset({"number"})
_OPENING = re.compile(
    r"^(?:(?:您好|你好|好的|当然(?:可以)?|没问题|可以的?|是的|感谢[^，。！]{0,8}|谢谢[^，。！]{0,6}|抱歉|不好意思"
    r"|hi|hello|sure(?: thing)?|of course|certainly|great(?: question)?|good question|thanks|thank you|yes|no problem"
    r"|no worries|sorry|absolutely|happy to help|glad to help|you'?re welcome)(?![a-z])[\s,.!，。！、~]*)+",
    re.IGNORECASE,
)
"""Words at the beginning that say nothing."""
_COURTESY = re.compile(
    r"(?:很高兴[^，。！]{0,8}服务|请问.*[?？]|如(?:果)?(?:您|你)?(?:还)?有(?:任何|其他|别的)?(?:问题|疑问|需要).*"
    r"|希望(?:能|可以)?(?:帮|对).*|欢迎(?:随时)?(?:咨询|联系|光临).*|祝您.{1,8}|(?:请问)?还有(?:什么|其他|别的).*[?？]?"
    r"|(?:i'?m )?(?:happy|glad) to help.*|let me know if .*|if you have (?:any )?(?:other |more |further )?questions?.*"
    r"|feel free to (?:ask|contact|write|reach).*|is there anything .*\?"
    r"|(?:would|do) you (?:like|want|need|prefer) .*\?"
    r"|(?:i )?hope (?:this|that|it) helps.*|enjoy your \w+|have a (?:nice|good|great) \w+)[.!。！~\s]*$",
    re.IGNORECASE,
)
"""Sentences that claim nothing."""
_CLAUSE = re.compile(r"[,，。.;；!！?？\n]|\b(?:but|and)\b|但|而且")
_PROPER = re.compile(r"(?<![.!?:\n])(?<=[a-z,;] )[A-Z][a-zA-Z]{2,}\b")
"""A capitalised word inside an English sentence."""
_NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december chinese english""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that may be said: a sentence or two with where it stands."""

    source: str
    """"product:ID", "page:ID", ..., as it is cited."""
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence may not be said."""

    kind: str
    """"link", "id", "date", "money", "number", ..., "product", "promise", "property", "contrary", "unfounded",
    "language", "leak", "instruction"."""
    words: str
    """What of the sentence it is."""


@dataclass(slots=True, kw_only=True)
class Checker:
    """Judge sentences against one body of evidence."""

    evidence: Sequence[Evidence]
    lexicon: Lexicon
    products: Sequence[Product]
    language: str
    question: str = ""
    """The customer's own words: repeating them claims nothing of numbers, and names what is not there."""
    secret: str = ""
    """Our instructions, which must not be told."""
    encoder: TextEncoder | None = None
    _all: str = field(init=False)
    _claims: list[Claim] = field(init=False)
    _tokens: frozenset[str] = field(init=False)
    _named: frozenset[str] = field(init=False)
    _known: dict[str, set[bool]] = field(init=False)
    """Token of a property -> whether it is denied, said, or both."""
    _asked: frozenset[str] = field(init=False)
    """What of properties and claims the customer's own words name."""
    _bare: list[str] = field(default_factory=list)
    """The evidence's sentences without the names of goods, once they were needed."""

    def __post_init__(self) -> None:
        """Read the evidence once."""
        self._all = "\n".join(one.text for one in self.evidence)
        self._claims = claims(self._all)
        self._tokens = frozenset(tokens(self._all, self.lexicon, query=False))
        told_of = {one.source.partition(":")[2] for one in self.evidence if one.source.startswith("product:")}
        found = {one.product_id for one in product_mentions(self._all, self.products, self.lexicon)
                 if one.strength >= _NAMED_IN_FULL}  # fmt: skip
        self._named = frozenset(told_of | found)
        self._known = {}
        for span in _properties(self._all, self.lexicon):
            for token in (span.token, *(f"{span.kind}:{up}" for up in self.lexicon.broader(span.kind, span.name))):
                self._known.setdefault(token, set()).add(_negated(self._all, span))
        properties = {span.token for span in _properties(self.question, self.lexicon)}
        self._asked = frozenset(properties | {_as_token(claim) for claim in claims(self.question)})

    async def faults(self, sentence: str) -> list[Fault]:
        """Return what is wrong with a sentence; nothing when it may be said."""
        found = [*self._exact(sentence), *self._names(sentence), *self._properties(sentence), *self._form(sentence)]
        found += [Fault("promise", words) for words in unkept(sentence, self._all)]
        if not found and not _is_courtesy(sentence) and not await self._is_founded(sentence):
            found.append(Fault("unfounded", sentence))
        return found

    def sources(self, sentence: str) -> tuple[str, ...]:
        """Return where a sentence that may be said comes from: what shares most of its words."""
        if _is_courtesy(sentence):
            return ()
        own = set(tokens(sentence, self.lexicon, query=True))
        shared = {one.source: 0 for one in self.evidence}
        for one in self.evidence:
            both = own & set(tokens(one.text, self.lexicon, query=False))
            shared[one.source] = max(shared[one.source], len(both))
        best = max(shared.values(), default=0)
        return tuple(source for source, count in shared.items() if count == best and best)

    def _exact(self, sentence: str) -> list[Fault]:
        return [
            Fault(claim.kind, claim.written)
            for claim in claims(sentence)
            if not any(_agree(claim, known) for known in self._claims) and not self._only_denies(claim, sentence)
        ]

    def _only_denies(self, claim: Claim, sentence: str) -> bool:
        """Return whether a claim is the customer's own, and denied; no link is repeated at all."""
        return claim.kind != "link" and _as_token(claim) in self._asked and _denied(sentence, claim.written)

    def _names(self, sentence: str) -> list[Fault]:
        """Return the products that are named and that the evidence does not tell of, and names nobody knows."""
        mentions = product_mentions(sentence, self.products, self.lexicon)
        strangers = [
            Fault("product", sentence[one.start : one.end])
            for one in mentions
            if one.strength >= 1.0 and one.product_id not in self._named
            and not any(other.product_id in self._named and (other.start, other.end) == (one.start, one.end)
                        for other in mentions)
        ]  # fmt: skip
        known = f"{self._all}\n{self.question}".lower()
        for word in _PROPER.finditer(sentence):
            if word.group().lower() not in known and word.group().lower() not in _NO_NAMES:
                strangers.append(Fault("product", word.group()))
        return strangers

    def _properties(self, sentence: str) -> list[Fault]:
        """Return properties that the evidence lacks, or says the contrary of."""
        found = []
        for span in _properties(sentence, self.lexicon):
            negated, told = _negated(sentence, span), self._known.get(span.token)
            if told is None and not (span.token in self._asked and negated):
                found.append(Fault("property", sentence[span.start : span.end]))
            elif told is not None and negated not in told:
                found.append(Fault("contrary", sentence[span.start : span.end]))
        return found

    def _form(self, sentence: str) -> list[Fault]:
        found = []
        language = detect(sentence)
        if language not in (None, self.language) and not _mostly_names(sentence, self._all):
            found.append(Fault("language", sentence))
        if any(sentence[at : at + _LEAKS] in self.secret for at in range(max(1, len(sentence) - _LEAKS + 1))
               if len(sentence) >= _LEAKS):  # fmt: skip
            found.append(Fault("leak", sentence))
        if sift(sentence).left_out:
            found.append(Fault("instruction", sentence))
        return found

    async def _is_founded(self, sentence: str) -> bool:
        """Return whether the evidence speaks of what is left of a sentence without the names of goods."""
        bare = self._without_names(sentence)
        own = tokens(bare, self.lexicon, query=True)
        sure = len(claims(bare)) + len(_properties(bare, self.lexicon))  # all of them were found above
        if not own:
            return bool(sure)
        if (sum(token in self._tokens for token in own) + sure) / (len(own) + sure) >= _ABOUT:
            return True
        if self.encoder is None:
            return False
        if not self._bare:
            every = [self._without_names(one) for item in self.evidence for one in sentences(item.text)]
            self._bare = [one for one in dict.fromkeys(every) if one]
        vectors = await self.encoder.encode([bare, *self._bare])
        return bool(self._bare) and float(np.max(vectors[1:] @ vectors[0])) >= _ALIKE

    def _without_names(self, text: str) -> str:
        for one in sorted(product_mentions(text, self.products, self.lexicon), key=lambda one: -one.start):
            if one.strength >= _NAMED_IN_FULL:
                text = f"{text[: one.start]} {text[one.end :]}"
        return " ".join(text.split())


def _agree(claim: Claim, known: Claim) -> bool:
    """Return whether the evidence's claim is the sentence's: equal in value and unit, where the sentence names one."""
    same = claim.value == known.value
    if isinstance(claim.value, float) and isinstance(known.value, float):
        same = abs(claim.value - known.value) < 1e-6 * max(1.0, abs(known.value))
    return same and (claim.kind == known.kind or claim.kind in _UNITLESS)


def _as_token(claim: Claim) -> str:
    return f"{claim.kind}={claim.value}"


def _properties(text: str, lexicon: Lexicon) -> list[Span]:
    return [span for span in lexicon.read(text) if span.kind in _PROPERTIES]


def _denied(sentence: str, written: str) -> bool:
    """Return whether the clause that holds some words denies them."""
    here = re.compile(rf"(?<![\d.,]){re.escape(written)}")
    return any(here.search(clause) and says_no(clause) for clause in _CLAUSE.split(sentence))


def _negated(text: str, span: Span) -> bool:
    """Return whether a property is denied: "not waterproof", "don't put it in the dishwasher"."""
    clause = _CLAUSE.split(text[: span.start])[-1]
    return is_negated(text, span.start, span.end) or says_no(clause)


def _is_courtesy(sentence: str) -> bool:
    """Return whether a sentence, without its opening words, says nothing that could be true or false."""
    left = _OPENING.sub("", sentence.strip())
    return (not left or _COURTESY.match(left) is not None) and not claims(sentence)


def _mostly_names(sentence: str, evidence: str) -> bool:
    """Return whether a sentence only seems to be of another language, for it quotes the records."""
    words = re.findall(r"[A-Za-z]{2,}", sentence)
    return bool(words) and sum(word.lower() in evidence.lower() for word in words) >= 0.8 * len(words)
