"""A turn in the making: the session as it becomes and what is said on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.dialogue.attempts import NO_ATTEMPTS, Attempts, calling
from core.dialogue.outcome import Bubble, Outcome
from core.knowledge.facts import Facts
from core.packs.pack import Pack
from core.ports import Effect, Shop
from core.shop.records import Picture
from core.types import (
    Button,
    ButtonsPart,
    CardPart,
    Citation,
    Expect,
    FlowFrame,
    Identity,
    Language,
    Manner,
    Message,
    Part,
    Percept,
    Session,
    TextPart,
    Understanding,
)
from core.wording.ear import fit_for_ear, parts_for_ear
from core.wording.heard import sentences_of
from core.wording.templates import SPOKEN_CHANNELS, Templates

if TYPE_CHECKING:
    from core.dialogue.linking import Links
    from core.dialogue.photo_things import Thing
    from core.dialogue.sight import Sight


TO_HEAR = "to_hear"
"""The slot with the words that must have been heard before a yes counts."""
_HEARD_AT_ONCE = 3
"""Choices that a listener keeps in mind."""
_SENTENCES_AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the clerk has at hand in every turn."""

    shop: Shop
    facts: Facts
    templates: Templates
    picture: Callable[[Picture], str]
    """The sha256 of a catalogue picture; "" for none."""
    currency: str
    identity_attempts: int
    greeting: str
    handoff_hours: str
    attempts: Attempts = NO_ATTEMPTS
    """Failed identity checks across conversations."""
    links: Links | None = None
    """Codes for going on in another channel; None where there is no store for them."""
    new_code: Callable[[], str] = lambda: ""
    idle_h: float = 8
    """Hours of silence after which a customer comes back rather than goes on."""
    identity_h: float = 24
    """Hours after which a customer has to prove anew who they are."""
    cart_url: str = ""
    """The address that puts {quantity} of {sku} into the shop's cart; "" where the shop has none."""
    pack: Pack | None = None
    """The business, where it brings slots and rules of its own; None for the built-in shop."""
    sight: Sight | None = None
    """A model that sees; None where there is none."""
    reads: bool = False
    """Whether text in photos is read before a turn begins."""

    @property
    def menu(self) -> tuple[str, ...]:
        """Return what is offered by buttons: the names of sentences."""
        return (*self.pack.menu, "person") if self.pack else ("orders", "products", "returns", "person")


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a turn has done so far. Acts change it; nothing else does."""

    desk: Desk
    message: Message
    percept: Percept
    understanding: Understanding
    session: Session
    language: Language
    identity: Identity | None
    failed_checks: int
    handed_off: bool
    misses: int
    slots: dict[str, str]
    """What outlives the turn."""
    stack: list[FlowFrame]
    heard: dict[str, str] = field(default_factory=dict)
    """The slots that this message filled."""
    bubbles: list[Bubble] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    """The steps of flows that were taken: "identify.check"."""
    outcome: str = "answered"
    missed: bool = False
    """Whether this message was not understood, or its question could not be answered."""
    picked: bool = False
    """Whether this message chose from a list by naming what stands in it."""
    things: tuple[Thing, ...] = ()
    """What the photos of this message show."""
    absorbed: bool = False
    """Whether this message says something of what is being settled, so that it is no new question."""
    alone: bool = True
    """Whether this message makes no more than one request."""
    digressed: bool = False
    """Whether this message left a business that was going on."""
    manner: Manner = ""

    @property
    def is_heard(self) -> bool:
        """Return whether the customer hears the replies and cannot look at them."""
        return self.message.channel in SPOKEN_CHANNELS

    def say(self, key: str, **values: object) -> None:
        """Say a sentence of the templates."""
        self.text(self.word(key, **values))

    def admit(self, key: str, **values: object) -> None:
        """Say a sentence by which the clerk owns that it does not know; nobody words it otherwise."""
        self.say(key, **values)
        self.bubbles[-1] = replace(self.bubbles[-1], fixed=True)

    def word(self, key: str, **values: object) -> str:
        """Return a sentence without saying it; "KEY.number", if there is one, to who calls from a number of their own.

        A browser has none, and some lines withhold it.
        """
        numbered = f"{key}.number"
        if self.is_heard and calling(self.message.sender_id) and self.desk.templates.has(numbered):
            key = numbered
        return self.desk.templates.say(key, self.language, channel=self.message.channel, **values)

    def text(self, words: str) -> None:
        """Say words that a record or a page holds."""
        if self.is_heard:
            words = fit_for_ear(words, self.language)
        if words:
            self._add(TextPart(text=words))

    def card(self, card: CardPart) -> None:
        """Show a card."""
        self._add(card)

    def buttons(self, *choices: tuple[str, str]) -> None:
        """Offer choices: label and what pressing it says."""
        if choices:
            self._add(ButtonsPart(buttons=tuple(Button(label=label, value=value) for label, value in choices)))

    def cite(self, source: str, quote: str = "") -> None:
        """Name the source of what was just said."""
        last = self.bubbles[-1]
        if all(citation.source != source for citation in last.citations):
            self.bubbles[-1] = replace(last, citations=(*last.citations, Citation(source=source, quote=quote)))

    def turn_page(self) -> None:
        """Begin a new bubble with what comes next."""
        self.bubbles.append(Bubble(parts=()))

    def spoke(self) -> bool:
        """Return whether anything has been said."""
        return any(bubble.parts for bubble in self.bubbles)

    def fill(self, slot: str, value: str) -> None:
        """Remember a value that this message gave."""
        self.slots[slot] = value
        self.heard[slot] = value

    def forget(self, *slots: str) -> None:
        """Forget values, also within this turn."""
        for slot in slots:
            self.slots.pop(slot, None)
            self.heard.pop(slot, None)

    def offer(self, what: str) -> None:
        """Remember what a "yes" in the next message would mean: "handoff" or the name of a flow."""
        self.slots["offer"] = what

    def list_shown(self, slot: str, values: Sequence[str]) -> None:
        """Remember a list that the customer sees, so that "the second one" means something."""
        self.slots["listed"] = f"{slot}:{','.join(values)}"

    def at_most(self, many: int) -> int:
        """Return how many things a list may hold: fewer where it is heard."""
        return min(many, _HEARD_AT_ONCE) if self.is_heard else many

    def more_there(self, left: int) -> None:
        """Say how many of a list were left out, where it is heard; a screen shows it."""
        if left > 0 and self.is_heard:
            self.say("more_there", more=left)

    def spoken_choices(self, choices: Sequence[str]) -> str:
        """Return choices as they are offered aloud: "first, ...; second, ..."."""
        told = [self.word(f"choice.{at}", choice=choice) for at, choice in enumerate(choices[:_HEARD_AT_ONCE], 1)]
        return ("；" if self.language == "zh" else "; ").join(told)

    def long_text(self, words: str) -> None:
        """Say a passage; where it is heard only its first sentences, and the rest to those who say "go on"."""
        sentences = sentences_of(fit_for_ear(words, self.language)) if self.is_heard else []
        if len(sentences) <= _SENTENCES_AT_ONCE:
            self.text(words)
            return
        self.text("".join(sentences[:_SENTENCES_AT_ONCE]))
        self.slots["rest"] = "".join(sentences[_SENTENCES_AT_ONCE:]).strip()

    def keep_bound(self, words: str) -> None:
        """Remember words that must have been heard before a yes counts."""
        if words and self.is_heard:
            self.slots[TO_HEAR] = words

    def bound_since(self, part: int) -> None:
        """Bind a yes to all that was said since the bubble had `part` parts."""
        parts = self.bubbles[-1].parts[part:] if self.bubbles else ()
        self.keep_bound("\n".join(one.text for one in parts if isinstance(one, TextPart)))

    def outcome_of_turn(self, expects: Expect = "") -> Outcome:
        """Return the finished turn."""
        if self.is_heard and "rest" in self.slots and self.outcome == "answered" and "offer" not in self.slots:
            self.say("more_to_tell")
        bubbles = self.bubbles
        if self.is_heard:
            bubbles = [replace(each, parts=parts_for_ear(each.parts, self.language)) for each in bubbles]
        bubbles = [bubble for bubble in bubbles if bubble.parts]
        session = replace(
            self.session,
            identity=self.identity,
            failed_checks=self.failed_checks,
            slots=MappingProxyType(dict(self.slots)),
            stack=tuple(self.stack),
            language=self.language,
            handed_off=self.handed_off,
            misses=self.misses,
        )
        return Outcome(
            session=session,
            bubbles=tuple(bubbles),
            language=self.language,
            effects=tuple(self.effects),
            outcome=self.outcome,
            steps=tuple(self.steps),
            expects=expects,
            manner=self.manner,
        )

    def _add(self, part: Part) -> None:
        if not self.bubbles:
            self.turn_page()
        last = self.bubbles[-1]
        self.bubbles[-1] = replace(last, parts=(*last.parts, part))


def frame(flow: str, step: str, slots: Mapping[str, str] | None = None) -> FlowFrame:
    """Return a frame with read-only slots."""
    return FlowFrame(flow=flow, step=step, slots=MappingProxyType(dict(slots or {})))
