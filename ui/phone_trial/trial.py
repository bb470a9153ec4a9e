"""Hold one call of a case with the real clerk, and gather what is to be judged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import CoroutineType
from typing import Literal

import numpy as np

from core.ports import Clerk, Pcm, SpeechRecognizer
from core.types import Language, Turn
from ui.app import Application
from ui.house import call_house
from ui.phone_trial.audiosocket_line import AudioSocketLine
from ui.phone_trial.caller import Caller, CallersEnd
from ui.phone_trial.cases import CallCase
from ui.phone_trial.clock import Clock
from ui.phone_trial.handset import Handset
from ui.phone_trial.judge import Held
from ui.phone_trial.line import SimulatedLine
from ui.phone_trial.measure import answer_to, silence_after, utterances
from ui.phone_trial.person import HELLO, Person
from ui.phone_trial.sound import RATE_HZ
from ui.phone_trial.voices import CALLER, Voices, read_sound
from ui.phone_trial.witness import PatientDetector, PatientSpeaker, WatchedRecognizer, Witness, watched
from voice.call.conversation import House, Manners
from voice.call.phrases import Phrasebook
from voice.call.session import CallSession, Operations
from voice.call.transfer import Desk

Door = Literal["none", "audiosocket"]
_PERSON = "1000"
"""Where a person would answer."""
_CALL_S = 600.0
"""Wall time after which a caller hangs up."""
_UNHURRIED = Manners(filler_s=_CALL_S, give_up_s=_CALL_S, stall_s=_CALL_S)
"""Where the line's time stands still for the models, a slow machine is no reason to say that it takes a moment."""
_SETTLE_S = 30.0
"""How long to wait for the clerk to finish what it was doing when the caller hung up."""


@dataclass(slots=True, kw_only=True)
class Stand:
    """What trials share."""

    voices: Voices
    listener: SpeechRecognizer
    """Hears for the caller; not the clerk's own recogniser."""
    clock: Clock
    door: Door = "none"
    """What the calls come through: nothing but the simulated line, or it and our AudioSocket server."""

    async def hold(self, open_house: House, case: CallCase) -> Held:
        """Hold the call of a case in a house; return what came of it."""
        sounds = await self.voices.sounds(case)
        line = await self._line(case)
        witness = Witness(now=lambda: line.handset.now)
        house = self._witnessed(open_house, case, witness)
        person = await self._person(case, witness)
        desk = Desk(dialer=person, language="en" if case.language == "en" else "zh")
        session = CallSession(house, max_calls=case.calls_before or 8, operations=Operations(desk=desk))
        await session.prepare()
        caller = Caller(line=line, witness=witness, sounds=sounds)
        before = asyncio.all_tasks()
        others = await self._others(session, case)
        too_long = asyncio.get_running_loop().call_later(_CALL_S, line.drop)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(caller.play(case.acts))
                tasks.create_task(line.hold(session))
        finally:
            too_long.cancel()
            for other in others:
                other.drop()
        turns = await _settled(open_house.clerk, witness)
        left = await _left_running(before)
        await person.leave()
        return await self._gathered(case, line, caller, witness, turns, person, left)

    async def _line(self, case: CallCase) -> CallersEnd:
        response = await asyncio.to_thread(read_sound, case.line.room) if case.line.room else None
        handset = Handset(case.line, noise=await self.voices.noise(case.line.noise), response=response)
        if self.door == "audiosocket":
            return AudioSocketLine(handset, self.clock)
        return SimulatedLine(handset, self.clock, call_id=case.id, caller=case.caller)

    async def _person(self, case: CallCase, witness: Witness) -> Person:
        hello = await self.voices.speak(HELLO["en" if case.language == "en" else "zh"], case.voice or CALLER)
        return Person(self.clock, witness, hello, answers=bool(case.person_answers))

    def _witnessed(self, house: House, case: CallCase, witness: Witness) -> House:
        language: Literal["zh", "en", "both"] = (
            "both" if case.language == "mixed" else "zh" if case.language == "zh" else "en"
        )
        return replace(
            house,
            clerk=watched(house.clerk, witness, self.clock),
            recognizer=WatchedRecognizer(house.recognizer, witness, self.clock),
            turn_detector=house.turn_detector and PatientDetector(house.turn_detector, self.clock),
            language=language,
            transfer_to="" if case.person_answers is None else _PERSON,
        )

    async def _others(self, session: CallSession, case: CallCase) -> list[SimulatedLine]:
        """Begin the calls that are being held when this one comes."""
        others = [SimulatedLine(Handset(), self.clock, call_id=f"other{at}") for at in range(case.calls_before)]
        for other in others:
            _kept(asyncio.create_task(other.hold(session)))
        while session.calls < len(others):  # noqa: ASYNC110 - a session tells nobody how many it holds
            await asyncio.sleep(0.01)
        return others

    async def _gathered(
        self,
        case: CallCase,
        line: CallersEnd,
        caller: Caller,
        witness: Witness,
        turns: Sequence[Turn],
        person: Person,
        left: tuple[str, ...],
    ) -> Held:
        loud = line.handset.loud_frames
        ends = [*(done.begin for done in caller.done[1:]), line.handset.now + 1]
        answers = tuple(
            answer_to(done, until, loud, line.sent, witness) for done, until in zip(caller.done, ends, strict=False)
        )
        spans = utterances(loud)
        heard = [await self._listen(line.handset.heard, span, case.language) for span in spans]
        played = []
        for turn, words in witness.played:
            begin, end = _spoken_between(witness, turn)
            of_it = [text for (first, _), text in zip(spans, heard, strict=True) if begin <= first < end]
            played.append((words, " ".join(of_it)))
        return Held(
            case=case,
            done=tuple(caller.done),
            answers=answers,
            silences=tuple(silence_after(done.begin, loud) for done in caller.done),
            heard="\n".join(heard),
            clerk_heard=tuple(asked.message.text for asked in witness.asked),
            turns=tuple(turns),
            greeted_s=spans[0][0] / RATE_HZ if spans else None,
            played=tuple(played),
            put_through=person.has_taken,
            dropped_ms=line.dropped_ms,
            left_running=left,
        )

    async def _listen(self, heard: Pcm, span: tuple[int, int], language: Language) -> str:
        margin = RATE_HZ // 5
        sound = np.pad(heard[max(0, span[0] - margin) : span[1] + margin], margin)
        known = language if language in ("zh", "en") else None
        return (await self.listener.transcribe(sound, language=known)).text


def house_of(app: Application, clock: Clock) -> House:
    """Return what calls to a clerk need, with a voice that `clock` waits for; its phrases are kept between calls."""
    house = call_house(app)
    assert app.speaker is not None  # noqa: S101 - call_house refuses a clerk without a voice
    phrasebook = Phrasebook(PatientSpeaker(app.speaker, clock))
    return replace(house, phrasebook=phrasebook, manners=_UNHURRIED if clock.unhurried else house.manners)


_TASKS: set[asyncio.Task[None]] = set()
"""Of calls beside the one that is judged: the loop itself would forget them."""


def _kept(task: asyncio.Task[None]) -> None:
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


def _spoken_between(witness: Witness, turn: Turn) -> tuple[int, int]:
    """Return between which moments an answer can have been heard."""
    for at, asked in enumerate(witness.asked):
        if asked.message.external_id == turn.message.external_id:
            later = witness.asked[at + 1 :]
            return asked.answered_at or asked.at, later[0].at if later else 1 << 62
    return 0, 0


async def _settled(clerk: Clerk, witness: Witness) -> tuple[Turn, ...]:
    """Return the turns once every message has one: a hang-up does not stop what the clerk was doing."""
    if not witness.asked:
        return ()
    conversation = witness.asked[0].message.conversation_id
    wanted = {asked.message.external_id for asked in witness.asked}
    until = asyncio.get_running_loop().time() + _SETTLE_S
    while True:
        turns = await clerk.turns(conversation)
        if wanted <= {turn.message.external_id for turn in turns} or asyncio.get_running_loop().time() > until:
            return turns
        await asyncio.sleep(0.05)


async def _left_running(before: set[asyncio.Task[object]]) -> tuple[str, ...]:
    """Return the tasks of calls and lines that go on after all calls have ended."""
    for _ in range(20):
        left = [task for task in asyncio.all_tasks() - before if _is_of_call(task)]
        if not left:
            break
        await asyncio.sleep(0.05)
    return tuple(str(task.get_coro()) for task in left)


def _is_of_call(task: asyncio.Task[object]) -> bool:
    coro = task.get_coro()
    file = coro.cr_code.co_filename if isinstance(coro, CoroutineType) else ""
    return "/voice/" in file or "/channels/" in file or file.endswith("/line.py")
