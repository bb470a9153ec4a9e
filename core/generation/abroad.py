"""Serve customers of other languages: the clerk itself goes on in English, a language model translates both ways.

A yes is never a translation: a turn that would do what needs one is thrown away (its effects are not applied yet), and
the customer is asked to press the button or to write it in English or Chinese. What was read out for a yes stands in
English below its translation.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.dialogue.outcome import Bubble, Outcome
from core.engine import Responds, Understands
from core.generation.translator import Translator
from core.types import (
    Affirm,
    Button,
    ButtonsPart,
    Language,
    Message,
    Percept,
    Session,
    TextPart,
    Transcript,
    Understanding,
    spoken_text,
)
from core.understand.language import detect
from core.understand.normalise import normalise
from core.understand.rules import certain

_OWN = ("zh", "en")
_SLOT = "abroad"
"""Where a session keeps the customer's language."""
_HOUSE: Language = "en"


_OWN_YES = Bubble(
    parts=(
        TextPart(text='To go ahead, please press the button or write "yes". To leave it as it is, write "no".'),
        ButtonsPart(buttons=(Button(label="yes", value="yes"), Button(label="no", value="no"))),
    )
)
_KEPT = 256
"""Messages whose translation is remembered between understanding and answering them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abroad:
    """Understanding and dialogue of the house, for customers of any language that the model knows."""

    understander: Understands
    dialogue: Responds
    translator: Translator
    _translated: dict[str, str | None] = field(default_factory=dict)

    async def understand(self, message: Message, percept: Percept, session: Session) -> Understanding:
        """Return what a message means; one in another language is understood by its translation."""
        language = _foreign(message, percept, session)
        if language is None:
            return await self.understander.understand(message, percept, session)
        english = await self._english(message, percept)
        if english is None:
            return await self.understander.understand(message, percept, session)
        understood = await self.understander.understand(*_in_words(message, percept, english), session)
        own = _says_yes(message, percept)
        commands = tuple(one for one in understood.commands if own or not isinstance(one, Affirm))
        return replace(understood, commands=commands, language=language)

    async def respond(
        self, message: Message, percept: Percept, understanding: Understanding, session: Session
    ) -> Outcome:
        """Return what to say and do, said in the customer's language."""
        language = understanding.language if understanding.language not in _OWN else None
        if language is None and _foreign(message, percept, session) is None:
            outcome = await self.dialogue.respond(message, percept, understanding, session)
            return _remembering(outcome, "")
        language = language or session.slots.get(_SLOT, "")
        english = await self._english(message, percept)
        if english is None:
            return await self.dialogue.respond(message, percept, understanding, session)
        own = replace(understanding, language=_HOUSE)
        outcome = await self.dialogue.respond(
            *_in_words(message, percept, english), own, replace(session, language=_HOUSE)
        )
        if _was_agreed_to(outcome) and not _says_yes(message, percept):
            outcome = Outcome(session=session, bubbles=(_OWN_YES,), language=_HOUSE, outcome="asked")
        return _remembering(await self._outward(outcome, language, message.conversation_id), language)

    async def _english(self, message: Message, percept: Percept) -> str | None:
        words = spoken_text(message, percept)
        if certain(normalise(words)) is not None:
            return words  # "ok", "no", a button's word: of every language
        if message.id not in self._translated:
            english = await self.translator.translate(words, _HOUSE, conversation_id=message.conversation_id)
            self._translated[message.id] = english
            if len(self._translated) > _KEPT:
                del self._translated[next(iter(self._translated))]
        return self._translated[message.id]

    async def _outward(self, outcome: Outcome, language: Language, conversation_id: str) -> Outcome:
        """Translate all bubbles at once, within one deadline; what is not there by then stays in English."""
        bubbles = await asyncio.gather(
            *(self._bubble(one, outcome, language, conversation_id) for one in outcome.bubbles)
        )
        return replace(outcome, bubbles=tuple(bubbles), language=language)

    async def _bubble(self, bubble: Bubble, outcome: Outcome, language: Language, conversation_id: str) -> Bubble:
        """Return a bubble with its words translated; where they ask for a yes, the English stays below."""
        words = "\n".join(part.text for part in bubble.parts if isinstance(part, TextPart))
        if not words:
            return bubble
        translated = await self.translator.translate(words, language, conversation_id=conversation_id)
        if translated is None:
            return bubble
        asks = outcome.outcome == "asked" and any(isinstance(part, ButtonsPart) for part in bubble.parts)
        said = f"{translated}\n\n{words}" if asks else translated
        others = tuple(part for part in bubble.parts if not isinstance(part, TextPart))
        return replace(bubble, parts=(TextPart(text=said), *others))


def _foreign(message: Message, percept: Percept, session: Session) -> Language | None:
    """Return the customer's language when it is none of the house's; a word that tells none keeps the last one."""
    language = detect(normalise(spoken_text(message, percept)))
    if language is None:
        language = session.slots.get(_SLOT) or None
    return None if language in _OWN else language


def _in_words(message: Message, percept: Percept, english: str) -> tuple[Message, Percept]:
    """Return the message as if it had been written in English."""
    heard = percept.transcript
    silent = Transcript(text="", language=_HOUSE, confidence=heard.confidence) if heard else None
    return replace(message, text=english), replace(percept, transcript=silent)


def _was_agreed_to(outcome: Outcome) -> bool:
    """Return whether a turn did what needs the customer's yes."""
    return any(effect.action.confirmation for effect in outcome.effects)


def _says_yes(message: Message, percept: Percept) -> bool:
    return isinstance(certain(normalise(spoken_text(message, percept)), asked=True), Affirm)


def _remembering(outcome: Outcome, language: str) -> Outcome:
    slots = {key: value for key, value in outcome.session.slots.items() if key != _SLOT}
    if language:
        slots[_SLOT] = language
    return replace(outcome, session=replace(outcome.session, slots=MappingProxyType(slots)))
