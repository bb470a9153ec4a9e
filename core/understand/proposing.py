"""From intents to commands: one request, or several in one message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.knowledge.lexicon import Lexicon
from core.types import (
    AskKnowledge,
    CancelFlow,
    ChitChat,
    Command,
    Handoff,
    IntentScore,
    SetSlot,
    StartFlow,
)
from core.understand import rules
from core.understand.reading import asks_by_words
from core.understand.sentences import Intent

SURE = 0.5
"""At or above, the classifier's first choice is acted on."""
_SURE_IN_FLOW = 0.7
"""The same while a flow waits for an answer: leaving it must be meant."""
_SAME_FLOW = 0.3
"""The same when what is proposed goes on already: nothing is lost by believing it."""
_SURE_OF_OWN = 0.35
"""The same for business when the words are about something bought already, where the catalogue cannot help."""
_SURE_CHAT = 0.7
"""The same for small talk, which a few letters typed by accident resemble most."""
_SURE_OF = MappingProxyType({"chat": _SURE_CHAT, "handoff": 0.7})
"""The same by what an intent does; nobody is fetched on a guess, who may be offered."""
_OF_GOODS_BOUGHT = frozenset({"exchange", "modify_order"})
"""Who looks around and wants "the blue one instead" has nothing yet to exchange."""
_SURE_CLAUSE = 0.6
"""The same for a clause that is set off strongly; a comma asks for `_SURE_WEAK_CLAUSE`."""
_SURE_WEAK_CLAUSE = 0.85
_SURE_WHOLE = 0.9
"""At or above, a message that only commas divide is one request."""


_HYPOTHETICAL = re.compile(
    r"怎么办|如果|万一|要是|假如|\bwhat (?:if|happens|do I do|should I do|can I do)\b|\bin case\b", re.IGNORECASE
)
"""Asking what one does when something happens is a question about the rules, not about an order of one's own."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the classifier sees it."""

    rest: str
    """Its words without entities."""
    text: str
    """All of its words, which is what a question is answered from."""
    waiting: tuple[str, ...]
    """The flows that go on, innermost last."""
    recent: tuple[str, ...]
    """The flows that ended with something the customer may well go on about."""
    asks: bool
    """Whether its words name one of the shop's ways, such as shipping or privacy."""
    inquires: bool
    """Whether its words have the form of a question."""
    own: bool
    """Whether its words are about something bought already."""
    calm: bool
    looks_around: bool
    """Whether a product is spoken of and no order."""
    goods: bool
    """Whether its words name one of the shop's products by a name of its own; a train may be any train."""


@dataclass(frozen=True, slots=True)
class Proposer:
    """Turn probabilities into commands by what each intent does."""

    intents: Mapping[str, Intent]

    def one(self, reading: Reading, scores: tuple[IntentScore, ...]) -> list[Command]:
        """Return what the message as a whole proposes; nothing when that is too uncertain."""
        best = self._pooled(scores)
        kind, _, what = self.intents[best.name].does.partition(":")
        if kind == "none" and reading.goods and not reading.waiting:
            kind = "question"
        if best.name in _OF_GOODS_BOUGHT and reading.looks_around and not reading.own:
            kind = "question"
        knows = kind in ("question", "none")
        if kind == "flow" and _HYPOTHETICAL.search(reading.text):
            kind = "question"
        if kind == "flow" and what in (*reading.waiting, *reading.recent) and best.probability >= _SAME_FLOW:
            return commands_of(kind, what, best, reading.text)
        if reading.waiting and (best.probability < _SURE_IN_FLOW or kind == "none"):
            inquires = reading.inquires and kind == "business"  # it is about the business, and not its wish
            asks = reading.asks and (kind in ("question", "none") or best.probability < SURE or inquires)
            return [AskKnowledge(question=reading.text)] if asks else []
        if not reading.calm and (best.probability < SURE or knows):
            return []
        if reading.own and kind in ("flow", "business", "order") and best.probability >= _SURE_OF_OWN:
            return commands_of(kind, what, best, reading.text)
        if best.probability < _SURE_OF.get(kind, SURE) and not knows:
            kind = "question"
        return commands_of(kind, what, best, reading.text)

    def several(
        self,
        reading: Reading,
        parts: Sequence[tuple[str, bool]],
        scores: Sequence[tuple[IntentScore, ...]],
        lexicon: Lexicon,
    ) -> list[Command]:
        """Return what the clauses propose one by one; nothing unless at least two different things are meant."""
        found: list[tuple[str, list[Command]]] = []
        whole = self._pooled(scores[0]) if scores else None
        divided = whole is None or whole.probability < _SURE_WHOLE or any(strong for _, strong in parts)
        subject = ""
        for (text, strong), own in zip(parts, scores[1:], strict=True):
            if isinstance(rules.certain(text), CancelFlow):
                deed: tuple[str, list[Command]] | None = ("cancel", [CancelFlow()])
            else:
                sure = _SURE_CLAUSE if strong else _SURE_WEAK_CLAUSE
                deed = self._deed(text, own, lexicon, sure=sure, looks_around=reading.looks_around and not reading.own)
                deed = deed if divided else None
            names = _names_subject(text, lexicon)
            if deed is not None:
                _add(found, deed if names else _about(subject, deed), goes_on=not names)
            subject = text if deed is None and names else ""
        if len(found) > 1:
            return [command for _, commands in found for command in commands]
        unsure = whole is not None and whole.probability < SURE
        return found[0][1] if found and unsure and found[0][0] != "cancel" and reading.calm else []

    def _deed(
        self, text: str, scores: tuple[IntentScore, ...], lexicon: Lexicon, *, sure: float, looks_around: bool
    ) -> tuple[str, list[Command]] | None:
        """Return what one clause asks for under a key that equal requests share."""
        things = sorted(span.name for span in lexicon.read(text) if span.kind == "thing")
        if things and asks_by_words(text, lexicon, spoken_of=False):
            return f"question {things}", [AskKnowledge(question=text)]
        best = self._pooled(scores)
        kind, _, what = self.intents[best.name].does.partition(":")
        if looks_around and best.name in _OF_GOODS_BOUGHT:
            kind = "question"
        if best.probability < sure or kind in ("chat", "none", "handoff"):
            return None
        about = things or best.name if kind == "question" else best.name if kind in ("business", "order") else what
        return f"{kind} {about}", commands_of(kind, what, best, text)

    def _pooled(self, scores: tuple[IntentScore, ...]) -> IntentScore:
        """Return the likeliest intent, with the probability of all that lead to the same deed."""
        best, does = scores[0], self.intents[scores[0].name].does
        if does in ("business", "order"):
            return best
        same = sum(intent.probability for intent in scores if self.intents[intent.name].does == does)
        return IntentScore(name=best.name, probability=same)


def _about(subject: str, deed: tuple[str, list[Command]]) -> tuple[str, list[Command]]:
    """Return a question that names nothing with the clause before it: "I'd rather get a mat", "how much?"."""
    key, commands = deed
    if not subject or not isinstance(asked := commands[0], AskKnowledge):
        return deed
    return key, [replace(asked, question=f"{subject} {asked.question}"), *commands[1:]]


def _add(found: list[tuple[str, list[Command]]], deed: tuple[str, list[Command]], *, goes_on: bool) -> None:
    """Add a deed unless it is there; a question that names no subject of its own goes on with the one before."""
    (command, *_), last = deed[1], found[-1][1][-1] if found else None
    if goes_on and isinstance(last, AskKnowledge) and isinstance(command, AskKnowledge):
        found[-1] = (found[-1][0], [replace(last, question=f"{last.question} {command.question}")])
    elif deed[0] not in [key for key, _ in found]:
        found.append(deed)


def _names_subject(text: str, lexicon: Lexicon) -> bool:
    return any(span.kind in ("thing", "topic") for span in lexicon.read(text))


def commands_of(kind: str, what: str, intent: IntentScore, text: str) -> list[Command]:
    """Return what an intent proposes, by the kind of thing that it does ("flow", "question", ...) and which."""
    sure = intent.probability
    if kind == "flow":
        return [StartFlow(flow=what, source="classifier", confidence=sure)]
    if kind in ("business", "order"):
        topic = SetSlot(slot="topic", value=intent.name, source="classifier", confidence=sure)
        flow = "business" if kind == "business" else "order_wish"
        return [topic, StartFlow(flow=flow, source="classifier", confidence=sure)]
    if kind == "handoff":
        return [Handoff(reason="asked for a person", source="classifier", confidence=sure)]
    if kind == "chat":
        return [ChitChat(topic=what, source="classifier", confidence=sure)]
    if kind == "none":
        return [ChitChat(topic="out_of_scope", source="classifier", confidence=sure)] if sure >= _SURE_CHAT else [
            AskKnowledge(question=text, source="classifier", confidence=sure)
        ]  # fmt: skip
    return [AskKnowledge(question=text, source="classifier", confidence=sure)]
