"""Callers who speak while the clerk speaks, over a line at the pace of time; seconds are seconds of audio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from core.types import Action, ActionStatus, Message, Transcript, Turn
from tests.voice.audio_time import in_audio_time
from tests.voice.call_scene import CALLER, HUSH, TONE, Clerk, Ear, Line, Scene, Voice, call, turn, until, words
from voice.call import phrases
from voice.call.conversation import Manners
from voice.call.echo import Echo

LONG = "It left our warehouse yesterday morning. It will be with you on Friday. Is there anything else I can do?"


class Telephone(Line):
    """A line that takes time: a frame every 20 ms, and a carrier that may hold seconds of sound."""

    def __init__(self, carrier_s: float = 0.0) -> None:
        super().__init__()
        self.carrier_s = carrier_s
        self.clock = asyncio.get_running_loop().time
        self.given: list[tuple[float, np.ndarray | str]] = []
        """Frames and marks that are not yet heard, each with the time at which it will be."""
        self.ear: list[tuple[float, bool]] = []
        """What the caller heard: when, and whether it was sound."""
        self._since = 0
        self._reached: dict[str, asyncio.Event] = {}

    async def frames_in(self) -> AsyncIterator[np.ndarray]:
        due = self.clock()
        while True:
            due += 0.02
            await asyncio.sleep(max(0.0, due - self.clock()))
            self._listen()
            frame = HUSH if self._frames.empty() else self._frames.get_nowait()
            if frame is None:
                return
            yield frame

    def _listen(self) -> None:
        while self.given and self.given[0][0] <= self.clock():
            at, what = self.given.pop(0)
            if isinstance(what, str):
                self._since = 0
                self._reached[what].set()
            else:
                self._since += 1
                self.ear.append((at, bool(what.any())))

    async def send(self, frame: np.ndarray) -> None:
        self.sent.append(frame)
        self.given.append((self.clock() + self.carrier_s, frame))

    async def mark(self, name: str) -> None:
        self._reached[name] = asyncio.Event()
        self.given.append((self.clock() + self.carrier_s, name))
        await super().mark(name)

    async def played(self, name: str) -> None:
        await self._reached[name].wait()

    async def flush(self) -> float:
        self._listen()
        heard_ms = self._since * 20.0
        self.given.clear()
        for reached in self._reached.values():
            reached.set()
        self.flushed += 1
        return heard_ms

    def sounds_between(self, begin: float, end: float) -> list[float]:
        return [at for at, is_sound in self.ear if is_sound and begin <= at < end]

    def say(self, seconds: float) -> None:
        self._put(CALLER, seconds)


class Slow(Voice):
    """Speak 15 letters a second."""

    async def speak(
        self, text: str, language: str, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[np.ndarray]:
        self.said.append((text, language))
        yield np.tile(TONE, round(len(text) / 15 / 0.02))


def scene_of(*heard: str, reply: str = LONG, **more: object) -> Scene:
    async def answer(message: Message) -> Turn:
        return replace(turn(message, (reply, "en")), **more)  # type: ignore[arg-type]

    return Scene(clerk=Clerk(answer), ear=Ear([words(one) for one in heard]), voice=Slow())


async def until_it_speaks(line: Telephone, scene: Scene, *, for_s: float) -> None:
    """Ask something, and let the clerk speak for so long."""
    await line.heard(1)
    line.say(1.0)
    await until(lambda: bool(scene.clerk.messages))
    await asyncio.sleep(for_s)


@pytest.mark.parametrize("carrier_s", [0.0, 10.0])
def test_an_interruption_silences_the_clerk_and_only_what_was_played_counts(carrier_s: float) -> None:
    @in_audio_time
    async def check() -> None:
        scene, line = scene_of("where is it", "no I want to return it"), Telephone(carrier_s)
        async with call(scene, line, limit_s=120):
            await until_it_speaks(line, scene, for_s=carrier_s + 4.0)
            onset = line.clock()
            line.say(1.5)
            await until(lambda: len(scene.clerk.messages) == 2)
            assert line.sounds_between(onset + 0.26, onset + 1.5) == []
        heard, of_the_next = scene.clerk.heard
        assert LONG.startswith(heard) and 40 <= len(heard) <= 65, heard
        assert len(of_the_next) < 20, "the call ended as it was begun"
        assert scene.clerk.messages[1].text == "no I want to return it"

    check()


@pytest.mark.parametrize("sign", ["Uh-huh.", "okay", "嗯", ""])
def test_a_sign_of_listening_or_a_cough_does_not_end_the_speech(sign: str) -> None:
    @in_audio_time
    async def check() -> None:
        scene, line = scene_of("where is it", sign), Telephone()
        async with call(scene, line, limit_s=120):
            await until_it_speaks(line, scene, for_s=3.0)
            began = line.clock()
            line.say(0.4)
            await line.heard(2)
            assert line.sounds_between(began + 1.2, began + 3.0), "it goes on soon"
        assert scene.clerk.heard == [], "the turn was heard whole"
        assert len(scene.clerk.messages) == 1

    check()


@in_audio_time
async def test_a_murmur_that_may_be_any_word_does_not_end_the_speech() -> None:
    scene, line = scene_of("where is it"), Telephone()
    scene.ear.script.append(replace(words("推了。", "zh"), confidence=0.43))
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=3.0)
        line.say(0.6)
        await line.heard(2)
    assert len(scene.clerk.messages) == 1
    assert scene.clerk.heard == []


@in_audio_time
async def test_noise_whose_words_are_long_in_coming_does_not_silence_the_clerk() -> None:
    class Thorough(Ear):
        async def transcribe(self, speech: np.ndarray, **asked: str | None) -> Transcript:
            if asked["expect"] == "listening":
                await asyncio.sleep(4.0)
            return await super().transcribe(speech)

    scene, line = scene_of("where is it"), Telephone()
    scene.ear = Thorough([*scene.ear.script, words("")])
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=3.0)
        began = line.clock()
        line.say(0.4)
        await line.heard(2)
        assert line.sounds_between(began + 0.4, began + 0.6) == [], "it listens"
        assert line.sounds_between(began + 1.8, began + 3.0), "it goes on before it knows the words"
    assert len(scene.clerk.messages) == 1


@in_audio_time
async def test_a_click_does_not_even_pause_the_speech() -> None:
    scene, line = scene_of("where is it"), Telephone()
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=2.0)
        line.say(0.08)
        await line.heard(2)
    assert line.flushed == 0


@in_audio_time
async def test_the_rest_is_said_when_it_is_asked_for_and_not_before() -> None:
    scene, line = scene_of("where is it", "stop", "go on", "go on"), Telephone()
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=3.0)
        line.say(0.5)
        await until(lambda: bool(scene.clerk.heard))
        said = len(scene.said)
        await asyncio.sleep(5)
        assert len(scene.said) == said, "silence after a stop"
        line.say(0.5)
        await line.heard(2)
        assert len(scene.clerk.messages) == 1
        assert scene.clerk.heard[0] + "".join(scene.said[said:]) == LONG
        assert scene.clerk.heard[1:] == [LONG], "the dialogue knows that the rest was heard, and does not say it again"
        line.say(0.5)
        await until(lambda: len(scene.clerk.messages) == 2)
    assert scene.clerk.messages[1].text == "go on", "nothing is left to be said, so it is for the clerk"


@in_audio_time
async def test_who_asks_for_a_moment_gets_a_minute() -> None:
    scene, line = scene_of("hold on", "here it is"), Telephone()
    async with call(scene, line, limit_s=120):
        await line.heard(1)
        line.say(0.6)
        await line.heard(2)
        assert scene.said[-1] == phrases.TAKE_YOUR_TIME["en"]
        await asyncio.sleep(50)
        assert scene.said[-1] == phrases.TAKE_YOUR_TIME["en"]
        line.say(0.6)
        await until(lambda: bool(scene.clerk.messages))
    assert [message.text for message in scene.clerk.messages] == ["here it is"]


@in_audio_time
async def test_after_a_farewell_with_nothing_open_the_clerk_says_goodbye_and_hangs_up() -> None:
    scene, line = scene_of("thank you, bye", reply="You're welcome."), Telephone()
    async with call(scene, line, limit_s=120):
        await line.heard(1)
        line.say(0.8)
        await until(lambda: line.hung_up)
    assert scene.said[1:] == ["You're welcome.", phrases.FAREWELL["en"]]


@in_audio_time
async def test_a_farewell_in_the_middle_of_something_does_not_end_the_call() -> None:
    scene, line = scene_of("okay bye", reply="Shall I cancel it?", expects="yes_no"), Telephone()
    async with call(scene, line, limit_s=120):
        await line.heard(1)
        line.say(0.8)
        await line.heard(2)
        await asyncio.sleep(1)
        assert not line.hung_up


@in_audio_time
async def test_yes_to_the_end_of_a_question_is_an_answer() -> None:
    scene, line = (
        scene_of("cancel it", "yes", reply="This is order one. Shall I cancel it now?", expects="yes_no"),
        None,
    )
    line = Telephone()
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=2.6)
        line.say(0.4)
        await until(lambda: len(scene.clerk.messages) == 2)
    assert scene.clerk.messages[1].text == "yes"


@in_audio_time
async def test_what_was_done_and_not_heard_is_told_before_the_next_answer() -> None:
    done = Action(name="cancel", arguments=MappingProxyType({}), idempotency_key="k", status=ActionStatus.DONE)
    scene = scene_of("yes cancel it", "and the other one", reply="It is cancelled now.", actions=(done,))
    line = Telephone()
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=0.2)
        line.say(1.0)
        await until(lambda: len(scene.clerk.messages) == 2)
        await asyncio.sleep(4)
    assert scene.clerk.messages[1].text == "and the other one", "what was done is not asked for again"
    assert len(scene.said) >= 4


@in_audio_time
async def test_a_dictated_number_with_pauses_is_one_turn() -> None:
    heard = [
        "My order number is",
        "My order number is three five",
        "My order number is three five zero one seven nine two",
    ]
    scene, line = scene_of(*heard, reply="Thank you."), Telephone()
    async with call(scene, line, limit_s=120):
        await line.heard(1)
        for pause_s in (1.4, 1.8, 0.0):
            line.say(0.8)
            line.be_silent(pause_s)
        await until(lambda: bool(scene.clerk.messages))
    assert [message.text for message in scene.clerk.messages] == heard[-1:]


@in_audio_time
async def test_a_voice_that_stalls_is_replaced_by_an_apology() -> None:
    class Stalled(Slow):
        async def speak(
            self, text: str, language: str, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
        ) -> AsyncIterator[np.ndarray]:
            if text == "Noted.":
                await asyncio.Event().wait()
            async for piece in super().speak(text, language, rate_hz=rate_hz):
                yield piece

    scene = Scene(ear=Ear([words("where is it")]), voice=Stalled())
    session, line = scene.session(), Telephone()
    await session.prepare()
    held = asyncio.create_task(session.hold(line))
    await line.heard(1)
    line.say(1.0)
    await line.heard(2)
    assert not line.hung_up
    line.drop()
    await held


@in_audio_time
async def test_a_voice_that_is_long_in_coming_is_covered_by_a_filler_that_is_no_part_of_what_was_said() -> None:
    class Late(Slow):
        async def speak(
            self, text: str, language: str, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
        ) -> AsyncIterator[np.ndarray]:
            if LONG.startswith(text):
                await asyncio.sleep(8.0)
            async for piece in super().speak(text, language, rate_hz=rate_hz):
                yield piece

    scene = scene_of("where is it")
    scene.voice, line = Late(), Telephone()
    session = scene.session()
    await session.prepare()
    held = asyncio.create_task(session.hold(line))
    await line.heard(1)
    line.say(1.0)
    await until(lambda: bool(scene.clerk.messages))
    asked_at = line.clock()
    await asyncio.sleep(7.5)
    filler = line.sounds_between(asked_at, asked_at + 7.5)
    assert filler and filler[0] - asked_at == pytest.approx(2.5, abs=0.2)
    line.drop()
    await held
    assert scene.clerk.heard == [""]


class Stalled(Ear):
    """Never tells what it hears in the utterances of these numbers, counted from 0."""

    def __init__(self, script: list[Transcript], *stalled: int) -> None:
        super().__init__(script)
        self.stalled = stalled
        self.number = -1

    async def transcribe(self, speech: np.ndarray, **more: object) -> Transcript:  # type: ignore[override]
        self.number += 1
        if not self.stalled or self.number in self.stalled:
            await asyncio.Event().wait()
        return await super().transcribe(speech)


@pytest.mark.parametrize("says_hello", [False, True])
def test_a_recogniser_that_stalls_is_covered_by_a_filler_and_then_admitted(says_hello: bool) -> None:
    @in_audio_time
    async def check() -> None:
        scene, line = Scene(ear=Stalled([]), voice=Slow(), manners=Manners(give_up_s=10)), Telephone()
        async with call(scene, line, limit_s=120):
            await line.heard(1)
            line.say(1.0)
            if says_hello:
                await asyncio.sleep(2.0)
                line.say(1.0)
            await line.heard(3)
        assert scene.said[1:3] == [phrases.ONE_MOMENT["en"], phrases.TOO_SLOW["en"]]

    check()


@in_audio_time
async def test_while_it_is_not_known_what_was_said_into_our_speech_the_caller_can_still_stop_it() -> None:
    scene, line = scene_of(reply=LONG * 3), Telephone()
    scene.ear = Stalled([words("where is it"), words("stop")], 1)
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=2.0)
        line.say(1.0)
        await asyncio.sleep(4.0)
        began = line.clock()
        assert line.sounds_between(began - 1.0, began)  # what nobody can tell stops nothing for long
        line.say(1.0)
        await asyncio.sleep(1.2)
        assert not line.sounds_between(began + 0.35, began + 1.0)


@in_audio_time
async def test_a_key_stops_our_speech_while_it_is_not_known_what_was_said_into_it() -> None:
    scene, line = scene_of(reply=LONG * 3), Telephone()
    scene.ear = Stalled([words("where is it")], 1)
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=2.0)
        line.say(1.0)
        await asyncio.sleep(3.0)
        pressed = line.clock()
        assert line.sounds_between(pressed - 0.5, pressed)
        line.press("0")
        await asyncio.sleep(1.0)
        assert not line.sounds_between(pressed + 0.1, pressed + 1.0)


@pytest.mark.parametrize("carrier_s", [0.0, 10.0])
def test_of_a_turn_in_which_the_caller_hangs_up_only_what_was_played_is_recorded(carrier_s: float) -> None:
    @in_audio_time
    async def check() -> None:
        scene, line = scene_of("where is it"), Telephone(carrier_s)
        async with call(scene, line, limit_s=120):
            await until_it_speaks(line, scene, for_s=carrier_s + 4.0)
        [heard] = scene.clerk.heard
        assert LONG.startswith(heard) and 35 <= len(heard) <= 65, heard

    check()


@in_audio_time
async def test_a_caller_who_hangs_up_after_the_reply_has_heard_it_all() -> None:
    scene, line = scene_of("where is it", reply="On its way."), Telephone()
    async with call(scene, line, limit_s=120):
        await until_it_speaks(line, scene, for_s=4.0)
    assert scene.clerk.heard == []


@pytest.mark.parametrize("against_noise", [False, True])
def test_steady_noise_is_taken_out_of_what_callers_say_where_the_shop_wants_it(against_noise: bool) -> None:
    hiss = Echo(against_noise=against_noise)
    random = np.random.default_rng(6)
    frames = [(0.02 * random.standard_normal(len(HUSH))).astype(np.float32) for _ in range(150)]
    cleaned = [hiss.cleaned(frame) for frame in frames]
    left = np.std(np.concatenate(cleaned[100:])) / np.std(np.concatenate(frames[100:]))
    assert left < 0.5 if against_noise else left == pytest.approx(1.0, abs=0.01)
