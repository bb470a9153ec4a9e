"""Calls that the shop makes: "your order arrives today", told once, to the right person, at a decent hour."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal, Protocol

from core.call_ports import Dialer
from core.errors import NotAnsweredError
from core.journal.outgoing import OutgoingCall, State
from core.types import Language
from core.understand.yes_no import says_no, says_yes
from voice.call import phrases
from voice.call.answering_machine import Answered, mailbox_records, who_answered
from voice.call.conversation import House
from voice.call.line_words import says
from voice.call.patched_line import PatchedLine
from voice.call.phrases import Phrase, filled
from voice.call.record import CallRecord
from voice.call.session import CallSession
from voice.call.talk import Talk, is_key, talking
from voice.call.transfer import ringing

log = logging.getLogger(__name__)

_ANSWER_S = 20.0
"""For telling who answered; a line that sends no sound at all is given up after it."""


class Outgoing(Protocol):
    """Where the calls to be made stand; `core.journal.outgoing.StoreOutgoing` has the real one."""

    async def claim(self, now: float) -> OutgoingCall | None:
        """Return the call that has been due the longest, counted as tried."""
        ...

    async def settle(self, key: str, state: State, outcome: str, *, due_at: float = 0.0) -> None:
        """Write down what became of a call."""
        ...

    async def refuse(self, number: str) -> None:
        """Never call a number again."""
        ...

    async def mend(self, due_at: float) -> None:
        """Take up what an earlier run was doing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How calls are made."""

    shop: Mapping[Language, str]
    """Its name, as it is said."""
    opens: time = time(9)
    closes: time = time(20)
    """Between which calls are made, in local time."""
    attempts: int = 3
    retry_s: float = 1800.0
    """Until the second attempt; each one after it waits twice as long."""
    ring_s: float = 30.0
    on_machine: Literal["message", "hang_up"] = "message"
    decide_s: float = 8.0
    poll_s: float = 2.0

    def may_call(self, now: datetime) -> bool:
        """Return whether it is a decent hour."""
        at, is_night = now.time(), self.opens > self.closes
        return (at >= self.opens or at < self.closes) if is_night else self.opens <= at < self.closes


@dataclass(slots=True)
class _Became:
    """What became of an attempt."""

    state: State = "waiting"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outbound:
    """Makes the calls that are due, one at a time, while a line is free."""

    session: CallSession
    dialer: Dialer
    calls: Outgoing
    rules: Rules
    now: Callable[[], datetime] = datetime.now

    async def run(self) -> None:
        """Make calls until cancelled."""
        await self.calls.mend(self._later(1))
        house = self.session.house
        first = [
            (phrase, language) for phrase in (phrases.WHO_IS_IT, phrases.VOICEMAIL) for language in house.languages
        ]
        # Whoever answers must not hear silence while the question is synthesised.
        await house.phrasebook.prepare(
            (), *((filled(phrase, shop=self.rules.shop[language])[language], language) for phrase, language in first)
        )
        while True:
            try:
                made = await self.once()
            except Exception:
                log.exception("a call could not be made; the others go on")
                made = False
            if not made:
                await asyncio.sleep(self.rules.poll_s)

    async def once(self) -> bool:
        """Make the call that is due, if any; return whether one was tried."""
        if not self.rules.may_call(self.now()) or not self.session.seats.take():
            return False
        try:
            call = await self.calls.claim(self.now().timestamp())
            if call is None:
                return False
            await self._try(call)
            return True
        finally:
            self.session.seats.leave()

    async def _try(self, call: OutgoingCall) -> None:
        became = _Became()
        try:
            async with ringing(self.dialer, call.number, self.rules.ring_s) as dialing:
                line = PatchedLine(await dialing)
                record = CallRecord.of(line, direction="out")
                record.caller = call.number
                await self.session.book(line, record, self._told(call, line, record, became))
                became.why = became.why or record.ended
        except NotAnsweredError as error:
            became.why = f"not answered: {error}"
        except Exception as error:
            log.exception("call %s could not be made", call.key)
            became.why = f"a fault: {type(error).__name__}"
        if became.state == "waiting" and call.attempts >= self.rules.attempts:
            became.state = "given_up"
        log.info("outgoing call %s, attempt %d: %s", call.key, call.attempts, became.state)  # why may name the number
        if became.state == "refused":
            await self.calls.refuse(call.number)
        else:
            await self.calls.settle(call.key, became.state, became.why, due_at=self._later(call.attempts))

    async def _told(self, call: OutgoingCall, line: PatchedLine, record: CallRecord, became: _Became) -> None:
        """Say what there is to say, to the right person only."""
        async with talking(self.session.house, line) as talk:
            answered = await _answered(talk, call.language)
            record.answered_by = answered.by
            if answered.by == "machine":
                await self._met_machine(talk, call, answered, became)
                return
            became.state, became.why = await self._who_is_it(talk, call)
            if became.state != "telling":
                return
        await self.calls.settle(call.key, "telling", "being told")
        became.state, became.why = "done", "told"
        await self.session.converse(line, record, self._house_for(call, became))

    def _house_for(self, call: OutgoingCall, became: _Became) -> House:
        """Return the house that begins with what there is to tell, and then talks as always."""

        def remark(text: str) -> Phrase | None:
            if not says("do_not_call", text):
                return None
            became.state, became.why = "refused", _REFUSED
            return phrases.NOT_CALLED_AGAIN

        language = _spoken(call)
        greeting = f"{call.words.strip()} {phrases.ANYTHING_ELSE[language]}"
        return replace(self.session.house, language=language, greeting=greeting, remark=remark)

    async def _met_machine(self, talk: Talk, call: OutgoingCall, answered: Answered, became: _Became) -> None:
        became.why = f"a machine answered: {answered.because}"
        if not answered.takes_messages or self.rules.on_machine == "hang_up" or not await mailbox_records(talk):
            return
        await self.calls.settle(call.key, "telling", "being left on a machine")
        await talk.say(filled(phrases.VOICEMAIL, shop=self.rules.shop[_spoken(call)]), _spoken(call))
        became.state, became.why = "done", "a message was left on a machine"

    async def _who_is_it(self, talk: Talk, call: OutgoingCall) -> tuple[State, str]:
        """Ask who is there; `telling` for the right person. Nothing personal is said before."""
        language, clock = _spoken(call), asyncio.get_running_loop().time
        for _ in range(2):
            await talk.say(filled(phrases.WHO_IS_IT, shop=self.rules.shop[language]), language)
            until = clock() + self.rules.decide_s
            while reply := await talk.reply(until - clock(), language=language):
                if reply == "9" or says("do_not_call", reply):
                    await talk.say(phrases.NOT_CALLED_AGAIN, language)
                    return "refused", _REFUSED
                if reply == "1" or says_yes(reply) or says("it_is_me", reply):
                    return "telling", ""
                if is_key(reply) or says_no(reply):
                    await talk.say(phrases.WRONG_PERSON, language)
                    return "done", "it was not the right person"
                if says("voicemail", reply) or says("unreachable", reply):
                    return "waiting", "a machine answered after all"
        return "waiting", "nobody said who they are"

    def _later(self, attempts: int) -> float:
        return (self.now() + timedelta(seconds=self.rules.retry_s * 2 ** (attempts - 1))).timestamp()


_REFUSED = "the owner of the number wants no calls"


async def _answered(talk: Talk, language: Language) -> Answered:
    try:
        async with asyncio.timeout(_ANSWER_S):
            return await who_answered(talk, language)
    except TimeoutError:
        return Answered(by="unknown", because="no sound came")


def _spoken(call: OutgoingCall) -> Literal["zh", "en"]:
    """Return the language of the call's own phrases."""
    return "zh" if call.language == "zh" else "en"
