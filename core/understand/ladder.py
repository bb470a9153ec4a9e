"""The ladder of understanding: entities and rules first, then the classifier."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.knowledge.lexicon import Lexicon, load_lexicon
from core.ports import TextEncoder
from core.shop.records import Product
from core.types import (
    AskKnowledge,
    ChitChat,
    Command,
    CorrectSlot,
    Entity,
    Handoff,
    IntentScore,
    Language,
    Message,
    Percept,
    Session,
    SetSlot,
    Source,
    StartFlow,
    Understanding,
    spoken_text,
)
from core.understand import rules
from core.understand.classifier import Classifier
from core.understand.entities import find_entities, outside, without
from core.understand.language import detect
from core.understand.normalise import normalise
from core.understand.sentences import Intent, load_intents
from core.understand.sentiment import ANGRY, sentiment
from core.understand.training import trained

Catalogue = Callable[[], Awaitable[tuple[Product, ...]]]

_SURE = 0.5
"""At or above, the classifier's first choice is acted on."""
_SURE_IN_FLOW = 0.7
"""The same while a flow waits for an answer: leaving it must be meant."""
_SURE_CHAT = 0.7
"""The same for small talk, which a few letters typed by accident resemble most."""
_MEANINGLESS = 2
"""Characters of Chinese, or words of English, that are too few to be a request."""
_SLOTS = {"product": "product_id"}
_NOT_SLOTS = frozenset({"amount"})
_PROOF = frozenset({"email", "name", "zip", "phone", "no_email"})


@dataclass(slots=True)
class Understander:
    """Take messages for what they mean. It proposes; only the flow engine acts."""

    encoder: TextEncoder | None
    catalogue: Catalogue
    lexicon: Lexicon = field(default_factory=load_lexicon)
    intents: dict[str, Intent] = field(default_factory=lambda: {intent.name: intent for intent in load_intents()})
    _classifier: Classifier | None = None
    _training: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def understand(self, message: Message, percept: Percept, session: Session) -> Understanding:
        """Return the commands that a message proposes, with intents, entities, sentiment and language."""
        text = normalise(spoken_text(message, percept))
        waiting = session.stack[-1].flow if session.stack else ""
        listing = bool(session.slots.get("listed"))
        entities = find_entities(text, identifying=waiting == "identify", listing=listing)
        rest = without(text, entities)
        language = _language(outside(text, entities), message, percept, session)
        mood = sentiment(text)
        intents: tuple[IntentScore, ...] = ()
        commands = self._by_rules(rest, entities, percept, session)
        rung: Source = "rules"
        decided = any(not isinstance(command, SetSlot | CorrectSlot) for command in commands)
        if not decided and _says_something(rest) and not _answered(entities, waiting):
            intents = await self._classify(rest)
            proposed = self._by_intent(intents, text, waiting=bool(waiting), calm=mood > ANGRY)
            rung = "classifier" if proposed else "rules"
            commands += proposed
        if mood <= ANGRY and not any(isinstance(command, Handoff) for command in commands):
            commands.insert(0, Handoff(reason="anger"))
        return Understanding(
            commands=tuple(commands),
            intents=intents[:5],
            entities=entities,
            sentiment=mood,
            language=language,
            rung=rung,
        )

    def _by_rules(self, rest: str, entities: tuple[Entity, ...], percept: Percept, session: Session) -> list[Command]:
        corrected = rules.corrected(rest) is not None and bool(entities)
        slot_of = CorrectSlot if corrected else SetSlot
        commands: list[Command] = [
            slot_of(slot=_SLOTS.get(entity.kind, entity.kind), value=entity.value)
            for entity in entities
            if entity.kind not in _NOT_SLOTS
        ]
        if percept.matches:
            commands.append(StartFlow(flow="photo", source="photo"))
        elif corrected:
            commands += _corrected(entities, session)
        else:
            said = rules.certain(rest) if rest else None
            commands += [said] if said is not None else []
        return commands

    async def warm(self) -> None:
        """Load or train the classifier now, so that no customer waits for it."""
        async with self._training:
            if self._classifier is None:
                self._classifier = await trained(tuple(self.intents.values()), self.encoder)

    async def _classify(self, text: str) -> tuple[IntentScore, ...]:
        await self.warm()
        model = self._classifier
        if model is None:
            return ()
        vector = (await self.encoder.encode([text]))[0] if self.encoder and model.vectors is not None else None
        return model.scores(text, vector)

    def _by_intent(self, intents: tuple[IntentScore, ...], text: str, *, waiting: bool, calm: bool) -> list[Command]:
        best = self._pooled(intents)
        kind, _, what = self.intents[best.name].does.partition(":")
        knows = kind in ("question", "none")
        if waiting and (best.probability < _SURE_IN_FLOW or kind == "none"):
            return []
        if not calm and (best.probability < _SURE or knows):
            return []
        if best.probability < (_SURE_CHAT if kind == "chat" else _SURE) and not knows:
            kind = "question"
        return _commands(kind, what, best, text)

    def _pooled(self, intents: tuple[IntentScore, ...]) -> IntentScore:
        """Return the likeliest intent, with the probability of all that lead to the same deed."""
        best, does = intents[0], self.intents[intents[0].name].does
        if does == "business":
            return best
        same = sum(intent.probability for intent in intents if self.intents[intent.name].does == does)
        return IntentScore(name=best.name, probability=same)


def _corrected(entities: tuple[Entity, ...], session: Session) -> list[Command]:
    """Return what "no, the other one" begins when nothing is going on: the business of the list we showed."""
    about_orders = session.slots.get("listed", "").startswith("order_id") or "order_id" in session.slots
    other = any(entity.kind in ("other", "ordinal") for entity in entities)
    return [StartFlow(flow="order_status")] if other and about_orders and not session.stack else []


def _answered(entities: tuple[Entity, ...], waiting: str) -> bool:
    """Return whether the message gives what a waiting identity check asked for; other words in it matter less."""
    return waiting == "identify" and any(entity.kind in _PROOF for entity in entities)


def _commands(kind: str, what: str, intent: IntentScore, text: str) -> list[Command]:
    sure = intent.probability
    if kind == "flow":
        return [StartFlow(flow=what, source="classifier", confidence=sure)]
    if kind == "business":
        topic = SetSlot(slot="topic", value=intent.name, source="classifier", confidence=sure)
        return [topic, StartFlow(flow="business", source="classifier", confidence=sure)]
    if kind == "handoff":
        return [Handoff(reason="asked for a person", source="classifier", confidence=sure)]
    if kind == "chat":
        return [ChitChat(topic=what, source="classifier", confidence=sure)]
    return [AskKnowledge(question=text, source="classifier", confidence=sure)]


def _says_something(rest: str) -> bool:
    han = sum("\u4e00" <= character <= "\u9fff" for character in rest)
    words = sum(word.isascii() and any(map(str.isalpha, word)) for word in rest.split())
    return han >= _MEANINGLESS or words >= 1


def _language(words: str, message: Message, percept: Percept, session: Session) -> Language:
    own = detect(words)
    if own is None and percept.transcript is not None and percept.transcript.text:
        own = percept.transcript.language or None
    return own or session.language or message.locale or "en"
