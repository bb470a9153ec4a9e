"""The ladder of understanding: entities and rules first, then the classifier, then a language model if there is one."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from core.knowledge.lexicon import Lexicon, load_lexicon
from core.knowledge.naming import properly_named
from core.knowledge.question import read_question
from core.ports import TextEncoder
from core.resilience import in_worker
from core.shop.records import Page, Product
from core.types import (
    AskKnowledge,
    CancelFlow,
    ChitChat,
    Command,
    CorrectSlot,
    Entity,
    Handoff,
    IntentScore,
    Language,
    MatchDecision,
    Message,
    Percept,
    Session,
    SetSlot,
    Source,
    StartFlow,
    Understanding,
    spoken_text,
)
from core.understand import deeds, doubtful, rules
from core.understand.classifier import Classifier
from core.understand.clauses import clauses
from core.understand.courtesy import bare_request
from core.understand.elsewhere import named_elsewhere
from core.understand.entities import find_entities, is_press, outside, without
from core.understand.language import detect
from core.understand.lettered import matters, with_lettering
from core.understand.normalise import normalise
from core.understand.proposing import SURE, Proposer, Reading
from core.understand.reading import another, asks_by_words, is_only_noise, other_variant, speaks_of_own
from core.understand.sentences import Intent, load_intents
from core.understand.sentiment import ANGRY, sentiment
from core.understand.training import SHIPPED, trained
from core.understand.vocabulary import Vocabulary, build_vocabulary

Catalogue = Callable[[], Awaitable[tuple[Product, ...]]]
Pages = Callable[[], Awaitable[tuple[Page, ...]]]

_ASKED = r"[?？]|吗|什么|多少|怎么|哪"
_ASKED_EN = r"(?:how|what|which|where|when|who|why|do you|is there|are there)\b"
_ASKS = re.compile(rf"{_ASKED}|\b{_ASKED_EN}", re.IGNORECASE)
_INQUIRES = re.compile(rf"{_ASKED}|(?:^|[.,;!]\s*)(?:(?:and|but|so|ok|well),? )?{_ASKED_EN}", re.IGNORECASE)
"""A question in form: "which" in "the one which I want to return" asks nothing."""
_LOOKS_UP = re.compile(
    r"查|看|问|告诉|了解|想知道|介绍|推荐|说说|\b(?:check|look (?:up|at|for)|find|tell|show|know|recommend|suggest)\b",
    re.IGNORECASE,
)
"""A request to be told something: "帮我查一下运费", "show me your kettles"."""
_SETTLE = StartFlow(flow="settle")
_MEANINGLESS = 2
"""Characters of Chinese, or words of English, that are too few to be a request."""
_MOST_CLAUSES = 6
"""Of a longer message only the beginning is taken apart; each clause costs an encoding."""
_SLOTS = {"product": "product_id"}
_NOT_SLOTS = frozenset(
    {"amount", "payment", "reason", "address", "address_ref", "all", "except", "quantity", "date", "time"}
    | {"invoice_title", "tax_number"}
)
"""What the dialogue reads from the entities themselves, by their places in the words."""
_ASKING = frozenset({"business", "settle"})
"""Flows in which we ask for a yes or a no."""
_TROUBLE = frozenset({"business", "settle", "order_status", "urge_delivery"})
"""Flows that the words beside a photo begin, so that the photo belongs to them and is no question of its own."""
_SURE_OF_TROUBLE = 0.75
"""Confidence from which they do."""
_POINTS = "inform_order_id"
"""The intent of "this one": beside a photo, and without a number or a word of orders, it is about what is shown."""
_ANYWHERE = frozenset({"email", "name", "zip", "phone", "no_email", "ordinal", "date", "time"})
"""What customers of any business name; the rest is the shop's."""
_PROOF = frozenset({"email", "name", "zip", "phone", "no_email"})
_INTRODUCES = re.compile(
    r"\b(?:you|can|could|find|look|me|up|under|by|with|at|it|its|it's|is|are|was|that's|that|this|here|there|my|our|i|i'm|i'd|am"
    r"|e-?mail|mail|name|zip|code|address|account|profile|customer|user|the|an?|and|or|for|of|on|in|to|from|file|record"
    r"|registered|signed|log(?:ged)?|use[ds]?|using|have|has|got|goes|go|called|should|would|be|sure|yes|yeah|ok(?:ay)?"
    r"|well|so|of course|certainly|please|thanks|hi|hello|hey|again"
    r"|try|maybe|other|one|listed|tied|linked|belongs|living|live)\b"
    r"|我|的|是|叫|用|在|有|您|你|可以|能|查|找|到|一下|这个"
    r"|邮箱|邮件|电子|地址|姓名|名字|邮编|账号|账户|注册|下单|登记|留"
    r"|好|嗯|对|吧|呢|啊|就|给|请|麻烦|谢谢|帮忙?|和|还|里|上|时|写|填|试|应该",
    re.IGNORECASE,
)
"""Words around a proof of identity that only introduce it: "you can find me under ..."."""
_READ_BY_RULE = (IntentScore(name="product_question", probability=1.0),)


class Interprets(Protocol):
    """The rung above the classifier (core.generation.interpreter)."""

    async def interpret(
        self, text: str, scores: Sequence[IntentScore], message: Message, session: Session
    ) -> list[Command] | None:
        """Return the commands that a message proposes; None where that is not known in time."""
        ...


@dataclass(slots=True)
class Understander:
    """Take messages for what they mean. It proposes; only the flow engine acts."""

    encoder: TextEncoder | None
    catalogue: Catalogue
    lexicon: Lexicon = field(default_factory=load_lexicon)
    intents: dict[str, Intent] = field(default_factory=lambda: {intent.name: intent for intent in load_intents()})
    sells: bool = True
    """Whether customers speak of orders and goods; in other businesses an intent alone says what is wanted."""
    weights: Path = SHIPPED
    """The trained classifier; where it does not fit the sentences or the encoder, another is trained."""
    keeps: bool = False
    """Whether one that was trained is written to `weights` for the next start."""
    pages: Pages | None = None
    """What the shop tells its customers: words that they say, too."""
    interpreter: Interprets | None = None
    """Asked where the classifier is unsure."""
    _classifier: Classifier | None = None
    _training: asyncio.Lock = field(default_factory=asyncio.Lock)
    _vocabulary: Vocabulary | None = None
    _products: tuple[Product, ...] | None = None

    async def understand(self, message: Message, percept: Percept, session: Session) -> Understanding:
        """Return the commands that a message proposes, with intents, entities, sentiment and language."""
        text = normalise(spoken_text(message, percept))
        if (end := _taken_back(text, session)) is not None:
            return await self._after_all(text, end, message, percept, session)
        waiting = session.stack[-1].flow if session.stack else ""
        listing = bool(session.slots.get("listed"))
        identifying = waiting == "identify" or (waiting == "business" and session.identity is None)
        entities = find_entities(text, identifying=identifying, listing=listing)
        if not self.sells:
            entities = tuple(entity for entity in entities if entity.kind in _ANYWHERE)
        vocabulary = await self._words()
        rest = vocabulary.mended(without(text, entities))
        language = _language(_read_out(outside(text, entities), vocabulary), message, percept, session)
        mood = sentiment(text)
        intents: tuple[IntentScore, ...] = ()
        commands = self._by_rules(rest, entities, percept, session)
        rung: Source = "rules"
        decided = any(not isinstance(command, SetSlot | CorrectSlot | StartFlow) for command in commands)
        named = any(entity.kind == "order_id" for entity in entities)
        begun = not named and any(isinstance(command, StartFlow) for command in commands)
        beside = None
        like = self._like(text) if self.sells and _looks_around(session) and not percept.matches else ""
        if self.sells and not (decided or session.stack) and self._is_elsewhere(text, entities):
            commands, decided = [ChitChat(topic="out_of_scope")], True
        if self.sells and not (decided or begun or like or is_press(text)):
            beside = _beside_wish(text, names_order=named)
        if beside is not None:
            commands = [*(command for command in commands if not isinstance(command, StartFlow)), _SETTLE]
            rest = beside
        decided = decided or begun
        if like and not decided:
            commands.append(AskKnowledge(question=like))
            intents, decided = _READ_BY_RULE, True
        if not decided and _says_something(rest) and not self._answered(rest, entities, waiting):
            reading = Reading(
                rest=rest,
                text=_mended_around(text, entities, vocabulary) if beside is None else rest,
                waiting=tuple(frame.flow for frame in session.stack),
                recent=("order_status",) if session.identity and "order_id" in session.slots else (),
                asks=any(span.kind == "topic" and span.name != "order" for span in self.lexicon.read(rest)),
                inquires=bool(_INQUIRES.search(rest)),
                own=self.sells and speaks_of_own(rest),
                calm=mood > ANGRY,
                looks_around=self.sells and _looks_around(session),
                goods=self.sells and bool(properly_named(text, self._products or (), self.lexicon)),
            )
            proposed, intents, rung = await self._propose(reading, session)
            if self.interpreter is not None and not percept.matches and _is_unsure(proposed, intents, session):
                meant = await self.interpreter.interpret(reading.text, intents, message, session)
                proposed, rung = (proposed, rung) if meant is None else (meant, "model")
            commands += proposed
        lettered = with_lettering(commands, text, percept)
        if lettered is not None:
            commands = lettered
        elif percept.matches:
            only_points = bool(intents) and intents[0].name == _POINTS and not (named or matters(text))
            commands = _of_photo(commands, percept, only_points=only_points)
        if mood <= ANGRY:
            commands = _angry(commands)
        return Understanding(
            commands=tuple(commands),
            intents=intents[:5],
            entities=entities,
            sentiment=mood,
            language=language,
            rung=rung,
        )

    async def reheard(self, message: Message, percept: Percept, session: Session) -> tuple[Message, Percept]:
        """Return what was probably said, where that was heard with doubt; see `core.understand.doubtful`."""
        return doubtful.reheard(message, percept, session, (await self._words()).rehearing)

    async def _after_all(
        self, text: str, end: int, message: Message, percept: Percept, session: Session
    ) -> Understanding:
        """Return that what is being settled is given up, and what the rest of the message means without it."""
        rest, unheard = replace(message, text=text[end:]), replace(percept, transcript=None)
        meant = await self.understand(rest, unheard, replace(session, stack=()))
        language = _language(text, message, percept, session)
        return replace(meant, commands=(CancelFlow(), *meant.commands), entities=(), language=language)

    def _by_rules(self, rest: str, entities: tuple[Entity, ...], percept: Percept, session: Session) -> list[Command]:
        if (
            len({entity.value for entity in entities if entity.kind == "email"}) > 1
        ):  # none of them says who is speaking
            entities = tuple(entity for entity in entities if entity.kind != "email")
        named = any(entity.kind not in _NOT_SLOTS for entity in entities)
        corrected = named and rules.corrected(rest) is not None
        slot_of = CorrectSlot if corrected else SetSlot
        commands: list[Command] = [
            slot_of(slot=_SLOTS.get(entity.kind, entity.kind), value=entity.value)
            for entity in entities
            if entity.kind not in _NOT_SLOTS
        ]
        if corrected:
            commands += _corrected(entities, session)
        else:
            asked = "offer" in session.slots or any(frame.flow in _ASKING for frame in session.stack)
            said = rules.certain(rest, asked=asked) if rest else None
            commands += [said] if said is not None else []
        return commands

    def _like(self, text: str) -> str:
        """Return what another product, or another variant of the one spoken of, shall be like; "" for none."""
        return another(text) or other_variant(text, self.lexicon)

    def _is_elsewhere(self, text: str, entities: tuple[Entity, ...]) -> bool:
        """Return whether a message is about another institution's business, and names nothing of the shop's."""
        thing = named_elsewhere(text)
        if not thing or any(entity.kind == "order_id" for entity in entities):
            return False
        asked, products = read_question(text, self.lexicon), self._products or ()
        of_goods = asked.things or asked.features or asked.lists or asked.aspects or asked.budget
        sold = any(thing.lower() in name.lower() for product in products for name in product.names.values())
        return not (of_goods or sold or properly_named(text, products, self.lexicon))

    async def warm(self) -> None:
        """Load or train the classifier and collect the shop's words now, so that no customer waits for it."""
        async with self._training:
            if self._classifier is None:
                self._classifier = await trained(
                    tuple(self.intents.values()), self.encoder, self.weights, keep=self.keeps
                )
        await self._words()

    async def _words(self) -> Vocabulary:
        products = await self.catalogue()
        if self._vocabulary is None or products != self._products:
            pages = await self.pages() if self.pages else ()
            read = await in_worker(build_vocabulary, self.lexicon, tuple(self.intents.values()), products, pages)
            self._vocabulary, self._products = read, products
        return self._vocabulary

    async def _propose(
        self, reading: Reading, session: Session
    ) -> tuple[list[Command], tuple[IntentScore, ...], Source]:
        """Return what the words propose as a whole, or clause by clause when they are several requests."""
        proposer = Proposer(self.intents)
        parts = _worth_reading(reading.rest)
        scores = await self._classify([bare_request(reading.rest), *(part for part, _ in parts)])
        several = proposer.several(reading, parts, scores, self.lexicon)
        if several:
            return several, scores[0], "classifier"
        if self.sells and asks_by_words(reading.text, self.lexicon, spoken_of="product_id" in session.slots):
            return [AskKnowledge(question=reading.text)], _READ_BY_RULE, "rules"
        proposed = proposer.one(reading, scores[0])
        return proposed, scores[0], "classifier" if proposed else "rules"

    async def _classify(self, texts: list[str]) -> list[tuple[IntentScore, ...]]:
        async with self._training:
            if self._classifier is None:
                self._classifier = await trained(
                    tuple(self.intents.values()), self.encoder, self.weights, keep=self.keeps
                )
        model = self._classifier
        vectors = await self.encoder.encode(texts) if self.encoder and model.vectors is not None else None
        return [model.scores(text, None if vectors is None else vectors[at]) for at, text in enumerate(texts)]

    def _answered(self, rest: str, entities: tuple[Entity, ...], waiting: str) -> bool:
        """Return whether what is named is all that the message says: an id, a choice, the proof we asked for."""
        if waiting == "identify" and any(entity.kind in _PROOF for entity in entities):
            return True
        proves = any(entity.kind == "email" for entity in entities) or {"name", "zip"} <= {e.kind for e in entities}
        if proves and not _says_something(_INTRODUCES.sub(" ", rest)) and not _ASKS.search(rest):
            return True
        return any(entity.kind not in _NOT_SLOTS for entity in entities) and is_only_noise(rest, self.lexicon)


def _taken_back(text: str, session: Session) -> int | None:
    """Return where the text goes on after the only thing that is being settled was taken back.

    None where a rule knows all of it, where several things are settled, and where the rest does not just want to be
    told something: it may say what is to be done in its place, or with the money, and is settled further.
    """
    if not any(frame.flow in _ASKING for frame in session.stack) or rules.certain(text, asked=True):
        return None
    end = rules.taken_back(text)
    if end is None or _are_several(session):
        return None
    rest = text[end:]
    asks = (_ASKS.search(rest) or _LOOKS_UP.search(rest)) and not any(part.deed for part in deeds.stretches(rest))
    return end if asks or not _says_something(rest) else None


def _are_several(session: Session) -> bool:
    """Return whether more than one thing is being settled, stated already or in words that wait for who it is."""
    stated = json.loads(session.slots.get("wishes") or "[]")
    waiting = [part for part in deeds.stretches(normalise(session.slots.get("unread", ""))) if part.deed]
    return len(stated) > 1 or len(waiting) > 1


def _is_unsure(proposed: list[Command], intents: tuple[IntentScore, ...], session: Session) -> bool:
    """Return whether nobody knows what is meant; while a flow waits for an answer, the flow knows."""
    return not session.stack and bool(intents) and (not proposed or intents[0].probability < SURE)


def _worth_reading(rest: str) -> list[tuple[str, bool]]:
    """Return the clauses that say something, with whether each is set off strongly; none for a single one."""
    parts = [(clause.text, clause.strong) for clause in clauses(rest) if _says_something(clause.text)]
    return parts[:_MOST_CLAUSES] if len(parts) > 1 else []


def _angry(commands: list[Command]) -> list[Command]:
    """Fetch a person first, who will hear the rest: no more forms to fill in."""
    kept = [c for c in commands if not (isinstance(c, StartFlow) and c.flow == "business")]
    return kept if any(isinstance(command, Handoff) for command in kept) else [Handoff(reason="anger"), *kept]


def _of_photo(commands: list[Command], percept: Percept, *, only_points: bool) -> list[Command]:
    """Return what a photo begins: a look at it, unless its words tell of trouble, want a person or say thanks.

    A picture of nothing that is sold which comes with thanks is a sticker, and no question.
    """
    thanks = [one for one in commands if isinstance(one, ChitChat) and one.topic == "thanks_bye"]
    if thanks and all(one.decision is MatchDecision.UNKNOWN for one in percept.matches):
        return commands
    sure = [
        one
        for one in commands
        if (isinstance(one, StartFlow) and one.flow in _TROUBLE and one.confidence >= _SURE_OF_TROUBLE)
        or (isinstance(one, Handoff) and one.source == "rules")
        if not (only_points and isinstance(one, StartFlow))
    ]
    slots = [one for one in commands if isinstance(one, SetSlot | CorrectSlot)]
    if sure:
        return [*slots, *sure]
    return [*(one for one in slots if one.slot != "topic"), StartFlow(flow="photo", source="photo")]


def _mended_around(text: str, entities: tuple[Entity, ...], vocabulary: Vocabulary) -> str:
    """Return the whole text, mended wherever no entity stands."""
    mended, at = "", 0
    for entity in entities:
        mended += vocabulary.mended(text[at : entity.start]) + text[entity.start : entity.end]
        at = entity.end
    return mended + vocabulary.mended(text[at:])


def _corrected(entities: tuple[Entity, ...], session: Session) -> list[Command]:
    """Return what "no, the other one" begins when nothing is going on: the business of the list we showed."""
    about_orders = session.slots.get("listed", "").startswith("order_id") or "order_id" in session.slots
    other = any(entity.kind in ("other", "ordinal") for entity in entities)
    return [StartFlow(flow="order_status")] if other and about_orders and not session.stack else []


def _looks_around(session: Session) -> bool:
    """Return whether a product is spoken of and no order, so that "another one" is no exchange."""
    return "product_id" in session.slots and "order_id" not in session.slots and not session.stack


def _beside_wish(text: str, *, names_order: bool) -> str | None:
    """Return what is asked beside a wish to have orders changed ("" for nothing); None when there is no wish."""
    parts = deeds.stretches(text)
    if not deeds.wishes(text, parts, names_order=names_order):
        return None
    left = deeds.outside(text, parts)
    return left if _ASKS.search(left) else ""


def _says_something(rest: str) -> bool:
    han = sum("\u4e00" <= character <= "\u9fff" for character in rest)
    words = sum(word.isascii() and any(map(str.isalpha, word)) for word in rest.split())
    return han >= _MEANINGLESS or words >= 1


def _read_out(words: str, vocabulary: Vocabulary) -> str:
    """Return the words for telling their language: pinyin is Chinese."""
    return vocabulary.mended(words) if words.isascii() else words


def _language(words: str, message: Message, percept: Percept, session: Session) -> Language:
    own = detect(words)
    if own is None and percept.transcript is not None and percept.transcript.text:
        own = percept.transcript.language or None
    return own or session.language or message.locale or "en"
