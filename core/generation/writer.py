"""Word the clerk's answers with a language model; what it cannot ground stays as the templates said it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from rapidfuzz import fuzz

from core.dialogue.outcome import Bubble, Outcome
from core.errors import ModelError
from core.generation.checker import Checker, Evidence, Fault
from core.generation.evidence import SOURCES, gather
from core.generation.prompts import UNKNOWN, WORDING, to_word
from core.generation.spending import Purse
from core.knowledge.facts import Facts
from core.ports import TextEncoder
from core.types import Chunk, Citation, Language, Message, Percept, TextPart, spoken_text
from core.wording.templates import SPOKEN_CHANNELS

_LOG = logging.getLogger(__name__)

_LANGUAGES = ("zh", "en")
"""In which the words of an answer can be checked."""
_ATTEMPTS = 2
_SENTENCES, _SENTENCES_SPOKEN = 4, 2
_ENDS = re.compile(r"(?:[。！？]+|[.!?]+(?=\s|\[|$))[\"'”’）)]*(?:\s*\[\d{1,2}(?:\s*[,，]\s*\d{1,2})*\])*\s*|\n+")
_MARK = re.compile(r"\s*\[(\d{1,2}(?:\s*[,，]\s*\d{1,2})*)\]")
_QUOTE_CHARS = 80
_EARLIER_S = 0.05
"""By which the model's own deadline comes first, so that it is the model that is found to be slow."""
_SAME_QUESTION = 85
"""Likeness, of 100, at which a question is the customer's own."""

Tell = Callable[[str], None]
"""Told what of the answer has been worded and checked so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a shop wants its answers."""

    tone: str = ""
    """In the shop's own words: "warm, a little playful, never more than one exclamation mark"."""
    check: bool = True
    """Whether what the evidence does not say is kept from the customer; off only to measure what that is worth."""
    deadline_s: float = 8.0
    deadline_spoken_s: float = 3.0
    """The same for a call, where silence is long."""
    max_tokens: int = 300


@dataclass(slots=True)
class _Answer:
    """What a model has said so far, without marks, with what each sentence rests on."""

    sentences: list[str]
    sources: list[str]

    @property
    def text(self) -> str:
        """Return the sentences as one text, Chinese ones without blanks between."""
        joined = ""
        for one in self.sentences:
            joined += one if not joined or "\u3000" <= joined[-1] or joined[-1] == "\n" else f" {one}"
        return joined


class _FaultyError(Exception):
    """A sentence may not be said."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.kind}: {fault.words}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(slots=True, kw_only=True)
class Writer:
    """Put the answers from products and pages into words that fit the question."""

    purse: Purse
    facts: Facts
    encoder: TextEncoder | None
    style: Style
    currency: str

    async def word(self, message: Message, percept: Percept, outcome: Outcome, tell: Tell) -> Outcome:
        """Return the outcome with its answers worded anew, as far as that could be done and checked in time.

        Sentences go to `tell` as they are checked. Nothing that was read out for a yes, and nothing of an order,
        is touched; cards, buttons and effects stay as they are.
        """
        if outcome.outcome != "answered" or outcome.effects or outcome.language not in _LANGUAGES:
            return outcome
        spoken = message.channel in SPOKEN_CHANNELS
        ends_at = _now() + (self.style.deadline_spoken_s if spoken else self.style.deadline_s)
        question = spoken_text(message, percept)
        bubbles, steps, before = [], [], ""
        for bubble in outcome.bubbles:
            if _may_be_worded(bubble):
                worded, step = await self._worded(
                    bubble, question, message, outcome.language, ends_at, partial(_tell_after, tell, before)
                )
                bubbles.append(worded)
                steps.append(step)
            else:
                bubbles.append(bubble)
            before += f"{words}\n" if (words := _text(bubbles[-1])) else ""
        return replace(outcome, bubbles=tuple(bubbles), steps=(*outcome.steps, *steps))

    async def _worded(
        self, bubble: Bubble, question: str, message: Message, language: Language, ends_at: float, tell: Tell
    ) -> tuple[Bubble, str]:
        """Return a bubble in a model's words with the step for the record, or as it was with the reason."""
        cited = [citation.source for citation in bubble.citations]
        evidence = gather(_text(bubble), cited, self.facts, currency=self.currency, language=language)
        checker = Checker(
            evidence=evidence,
            lexicon=self.facts.lexicon,
            products=tuple(self.facts.products.values()),
            language=language,
            question=question,
            secret=WORDING,
            encoder=self.encoder,
        )
        complaint = ""
        for attempt in range(_ATTEMPTS):
            try:
                answer = await self._asked(evidence, checker, question, message, language, ends_at, tell, complaint)
            except _FaultyError as faulty:
                complaint = str(faulty)
                _LOG.info("worded answer refused, trace %s: %s", message.trace_id, complaint)
                step = f"word.refused_{faulty.faults[0].kind}"
                continue
            except (ModelError, TimeoutError) as error:
                code = error.code if isinstance(error, ModelError) else "timeout"
                return bubble, f"word.{code}"
            return _with_text(bubble, answer), "word.again" if attempt else "word.model"
        return bubble, step

    async def _asked(
        self,
        evidence: Sequence[Evidence],
        checker: Checker,
        question: str,
        message: Message,
        language: Language,
        ends_at: float,
        tell: Tell,
        complaint: str,
    ) -> _Answer:
        most = _SENTENCES_SPOKEN if message.channel in SPOKEN_CHANNELS else _SENTENCES
        prompt = to_word(evidence, question, language=language, tone=self.style.tone, most=most, complaint=complaint)
        answer = _Answer([], [])
        async with (
            asyncio.timeout_at(ends_at),
            aclosing(
                self.purse.generate(
                    prompt,
                    conversation_id=message.conversation_id,
                    purpose="word",
                    max_tokens=self.style.max_tokens,
                    deadline_s=max(0.0, ends_at - _now() - _EARLIER_S),
                )
            ) as chunks,
            aclosing(_sentences(chunks)) as sentences,
        ):
            async for written in sentences:
                await self._take(written, answer, evidence, checker)
                tell(answer.text)
                if len(answer.sentences) >= most:
                    break
        if not answer.sentences:
            raise ModelError("empty", "the answer is empty")
        return answer

    async def _take(self, written: str, answer: _Answer, evidence: Sequence[Evidence], checker: Checker) -> None:
        """Add a sentence to the answer with its citations; raises for one that may not be said."""
        numbers = [int(one) for found in _MARK.findall(written) for one in re.split(r"\s*[,，]\s*", found)]
        sentence = _MARK.sub("", written).strip()
        if not sentence or _repeats(sentence, checker.question):
            return
        if sentence.strip(".。 ").upper() == UNKNOWN:
            raise ModelError("empty", "the model says that the facts do not answer")
        if self.style.check and (faults := await checker.faults(sentence)):
            raise _FaultyError(faults)
        named = [evidence[number - 1].source for number in numbers if 1 <= number <= len(evidence)]
        answer.sentences.append(sentence)
        answer.sources += named or checker.sources(sentence)


def _tell_after(tell: Tell, before: str, text: str) -> None:
    tell(before + text)


async def _sentences(chunks: AsyncIterator[Chunk]) -> AsyncGenerator[str, None]:
    """Yield sentences as they are finished; the marks behind one belong to it, and one that was cut off is none."""
    buffer, cut = "", False
    async for chunk in chunks:
        buffer += chunk.text
        cut = cut or chunk.cut
        while (end := _ENDS.search(buffer)) is not None and _is_over(buffer[end.end() :]):
            yield buffer[: end.end()].strip()
            buffer = buffer[end.end() :]
    whole = _ENDS.search(buffer)
    if buffer.strip() and (not cut or (whole is not None and not buffer[whole.end() :].strip())):
        yield buffer.strip()


def _is_over(rest: str) -> bool:
    """Return whether another sentence has begun, and not the mark of a citation."""
    return bool(rest.strip()) and not re.fullmatch(r"\s*\[[\d,， ]*\]?", rest)


def _repeats(sentence: str, question: str) -> bool:
    """Return whether a sentence only asks again what the customer asked, as small models like to begin."""
    return sentence.endswith(("?", "？")) and fuzz.partial_ratio(sentence.lower(), question.lower()) >= _SAME_QUESTION


def _may_be_worded(bubble: Bubble) -> bool:
    if bubble.fixed:
        return False
    return bool(bubble.citations and _text(bubble)) and all(one.source.startswith(SOURCES) for one in bubble.citations)


def _text(bubble: Bubble) -> str:
    return "\n".join(part.text for part in bubble.parts if isinstance(part, TextPart))


def _with_text(bubble: Bubble, answer: _Answer) -> Bubble:
    """Return the bubble with other words in place of its own, citing what they rest on."""
    others = [part for part in bubble.parts if not isinstance(part, TextPart)]
    quotes = {citation.source: citation.quote for citation in bubble.citations}
    used = [source for source in dict.fromkeys(answer.sources) if source in quotes]
    citations = tuple(Citation(source=source, quote=quotes[source][:_QUOTE_CHARS]) for source in used)
    return Bubble(parts=(TextPart(text=answer.text), *others), citations=citations or bubble.citations)


def _now() -> float:
    return asyncio.get_running_loop().time()
