"""Calls over a made-up line, with a scripted clerk: what is said, what is sent, what is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from core.errors import BusyError
from core.ports import Activity
from core.types import CardPart, Message, Reply, TextPart, Turn
from tests.voice.audio_time import in_audio_time
from tests.voice.call_scene import Clerk, Ear, Line, Scene, Voice, call, turn, until, words
from voice.call import phrases
from voice.call.conversation import Manners
from voice.call.thinking import spoken


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", [phrases.GREETING["zh"]]),
        ("en", [phrases.GREETING["en"]]),
        ("both", [phrases.SHORT_GREETING["zh"], phrases.SHORT_GREETING["en"]]),
    ],
)
@in_audio_time
async def test_the_call_begins_with_sound_and_a_greeting(language: str, said: list[str]) -> None:
    scene = Scene(options={"language": language})
    async with call(scene) as line:
        await line.heard(len(said))
    assert scene.said == said
    assert len(line.sent) >= 2 * len(said)


@in_audio_time
async def test_the_shops_own_greeting_replaces_the_built_in_one() -> None:
    scene = Scene(options={"language": "zh", "greeting": "欢迎致电老王茶庄。"})
    async with call(scene) as line:
        await line.heard(1)
    assert scene.voice.said == [("欢迎致电老王茶庄。", "zh")]


@in_audio_time
async def test_a_spoken_question_becomes_a_message_and_its_answer_is_spoken() -> None:
    async def reply(message: Message) -> Turn:
        return turn(message, ("It ships today.", "en"), ("明天到。", "zh"))

    scene = Scene(clerk=Clerk(reply), ear=Ear([words("where is my order"), words("还有一个问题", "zh")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak(1.0)
        await line.heard(3)
        line.speak(1.0)
        await line.heard(5)
    first, second = scene.clerk.messages
    assert (first.text, first.locale, first.channel) == ("where is my order", "en", "phone")
    call_id = first.conversation_id.removeprefix("phone:")
    assert call_id.startswith("c1:")
    assert first.external_id == f"{call_id}:1"
    assert (second.text, second.locale, second.external_id) == ("还有一个问题", "zh", f"{call_id}:2")
    assert first.sender_id == "+8613800000000"
    assert first.received_at <= datetime.now(UTC)
    assert scene.voice.said[1:3] == [("It ships today.", "en"), ("明天到。", "zh")]
    assert scene.ear.heard[0] == pytest.approx(1.0 + 0.03 + 0.32, abs=0.05)


@in_audio_time
async def test_two_calls_with_the_same_id_of_the_line_are_two_conversations() -> None:
    seen = []
    for _ in range(2):
        scene = Scene(ear=Ear([words("where is my order")]))
        async with call(scene) as line:
            await line.heard(1)
            line.speak(1.0)
            await line.heard(2)
        seen.append(scene.clerk.messages[0])
    assert seen[0].conversation_id != seen[1].conversation_id
    assert seen[0].external_id != seen[1].external_id


@in_audio_time
async def test_what_the_caller_adds_before_the_answer_is_heard_becomes_one_turn_with_the_rest() -> None:
    thought = asyncio.Event()

    async def reply(message: Message) -> Turn:
        if message.text == "my order number":
            await thought.wait()
        return turn(message, (f"About {message.text}.", "en"))

    scene = Scene(clerk=Clerk(reply), ear=Ear([words("my order number"), words("is W1234567")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await until(lambda: bool(scene.clerk.messages))
        line.speak()
        await asyncio.sleep(0.05)
        thought.set()
        await line.heard(2)
    assert scene.said[1:] == ["About my order number is W1234567."]
    assert scene.clerk.heard == [""], "the clerk knows that its first answer was not heard"


@in_audio_time
async def test_what_is_sure_of_a_reply_is_spoken_before_the_rest_is_made() -> None:
    spoken_first = asyncio.Event()

    async def reply(message: Message) -> Turn:
        scene.clerk.is_sure(message, "It costs $5.")
        await asyncio.wait_for(spoken_first.wait(), 5)
        scene.clerk.is_sure(message, "It costs $5. It is blue.")
        return turn(message, ("It costs $5. It is blue.", "en"), ("Anything else?", "en"))

    scene = Scene(clerk=Clerk(reply), ear=Ear([words("how much is it")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak(1.0)
        await line.heard(2)
        assert scene.said[1:] == ["It costs $5."]  # and the model has not finished
        spoken_first.set()
        await line.heard(4)
    assert [one.strip() for one in scene.said[1:]] == ["It costs $5.", "It is blue.", "Anything else?"]


@in_audio_time
async def test_a_reply_that_turns_out_otherwise_is_spoken_whole() -> None:
    async def reply(message: Message) -> Turn:
        scene.clerk.is_sure(message, "It costs $5.")
        await until(lambda: len(scene.said) > 1)
        return turn(message, ("The price is $5 to $7.", "en"))

    scene = Scene(clerk=Clerk(reply), ear=Ear([words("how much is it")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak(1.0)
        await line.heard(3)
    assert scene.said[1:] == ["It costs $5.", "The price is $5 to $7."]


@in_audio_time
async def test_a_silent_caller_is_asked_and_then_bidden_goodbye() -> None:
    scene = Scene()
    async with call(scene) as line:
        await line.heard(1)
        line.be_silent(8.2)
        await line.heard(2)
        line.be_silent(8.2)
        await line.heard(3)
        await until(lambda: line.hung_up)
    assert scene.said[1:] == [phrases.STILL_THERE["en"], phrases.GOODBYE["en"]]


@in_audio_time
async def test_a_word_after_the_silence_prompt_keeps_the_call() -> None:
    scene = Scene(ear=Ear([words("yes, here")]))
    async with call(scene) as line:
        await line.heard(1)
        line.be_silent(8.2)
        await line.heard(2)
        line.speak()
        await line.heard(3)
        line.be_silent(8.2)
        await line.heard(4)
        assert not line.hung_up
    # The fourth sentence is the recording of the second.
    assert scene.said[1:] == [phrases.STILL_THERE["en"], "Noted."]


@in_audio_time
async def test_keys_become_text_at_the_hash_and_after_a_pause_and_a_star_starts_over() -> None:
    scene = Scene(manners=Manners(key_pause_s=0.05))
    async with call(scene) as line:
        await line.heard(1)
        line.press("99*1234#")
        await line.heard(2)
        line.press("56")
        await line.heard(3)
        line.press("#")
        await asyncio.sleep(0.1)
    assert [message.text for message in scene.clerk.messages] == ["1234", "56"]
    assert scene.ear.heard == []


@in_audio_time
async def test_a_key_stops_the_clerk_in_the_middle_of_a_sentence() -> None:
    scene = Scene(voice=Voice(frames=500))
    async with call(scene) as line:
        await until(lambda: len(line.sent) >= 5)
        line.press("7#")
        await until(lambda: bool(scene.clerk.messages))
        assert line.flushed == 1
        assert len(line.sent) < 400
    assert scene.clerk.messages[0].text == "7"


@in_audio_time
async def test_long_thinking_is_announced_and_hopeless_thinking_is_admitted() -> None:
    never = asyncio.Event()

    async def reply(message: Message) -> Turn:
        if message.text == "stall":
            await never.wait()
        return turn(message, ("Here you are.", "en"))

    scene = Scene(
        clerk=Clerk(reply),
        ear=Ear([words("stall"), words("quick")]),
        manners=Manners(filler_s=1.0, give_up_s=1.5),
    )
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await line.heard(3)
        line.speak()
        await line.heard(4)
    assert scene.said[1:] == [phrases.ONE_MOMENT["en"], phrases.TOO_SLOW["en"], "Here you are."]


@in_audio_time
async def test_what_is_said_again_because_we_asked_for_it_is_said_once() -> None:
    slow, waiting = asyncio.Event(), "where is my order"

    async def reply(message: Message) -> Turn:
        if not slow.is_set():
            await slow.wait()
        return turn(message, ("Here you are.", "en"))

    scene = Scene(
        clerk=Clerk(reply), ear=Ear([words(waiting), words(waiting)]), manners=Manners(filler_s=1.0, give_up_s=1.5)
    )
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await line.heard(3)
        slow.set()
        await until(lambda: bool(scene.clerk.heard))
        line.speak()
        await line.heard(4)
    assert [message.text for message in scene.clerk.messages] == [waiting, waiting]
    assert scene.clerk.heard == [""]


@pytest.mark.parametrize(
    ("fault", "phrase"), [(RuntimeError("boom"), phrases.FAULT), (BusyError("full"), phrases.TOO_SLOW)]
)
@in_audio_time
async def test_a_fault_of_the_clerk_is_admitted_and_the_next_question_works(
    fault: Exception, phrase: phrases.Phrase
) -> None:
    async def reply(message: Message) -> Turn:
        if message.text == "bad":
            raise fault
        return turn(message, ("Fine.", "en"))

    scene = Scene(clerk=Clerk(reply), ear=Ear([words("bad"), words("good")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await line.heard(2)
        line.speak()
        await line.heard(3)
    assert scene.said[1:] == [phrase["en"], "Fine."]


@in_audio_time
async def test_noise_is_passed_over_once_and_then_the_caller_is_asked_again() -> None:
    scene = Scene(ear=Ear([words(""), words(" ")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await until(lambda: bool(scene.ear.heard))
        await asyncio.sleep(0.03)
        line.speak()
        await line.heard(2)
    assert scene.said[1:] == [phrases.NOT_CAUGHT["en"]]
    assert scene.clerk.messages == []


@in_audio_time
async def test_a_language_of_neither_kind_is_heard_again_in_the_language_of_the_call() -> None:
    scene = Scene(options={"language": "zh"}, ear=Ear([words("何か", "ja"), words("我的订单", "zh")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await line.heard(2)
    assert scene.ear.asked == [None, "zh"]
    assert [(message.text, message.locale) for message in scene.clerk.messages] == [("我的订单", "zh")]


async def person(message: Message) -> Turn:
    if message.event == "transfer_failed":
        return turn(message, ("Nobody answered.", "en"))
    return turn(message, ("A colleague will help you.", "en"), outcome="handed_off")


@in_audio_time
async def test_a_caller_who_was_put_through_is_let_go() -> None:
    scene = Scene(clerk=Clerk(person), ear=Ear([words("a person")]), options={"language": "en", "transfer_to": "200"})
    line = Line()
    line.far_side_answers = True
    async with call(scene, line):
        await line.heard(1)
        line.speak()
        await until(lambda: line.hung_up)
    assert line.transfers == ["200"]
    assert scene.said[1:] == ["A colleague will help you.", phrases.TRANSFERRING["en"]]


@in_audio_time
async def test_a_transfer_that_failed_is_told_truthfully_and_the_call_goes_on() -> None:
    scene = Scene(clerk=Clerk(person), ear=Ear([words("a person")]), options={"language": "en", "transfer_to": "200"})
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await line.heard(4)
        assert not line.hung_up
    assert scene.said[-1] == "Nobody answered."


@in_audio_time
async def test_nobody_is_put_through_where_no_person_is_configured() -> None:
    scene = Scene(clerk=Clerk(person), ear=Ear([words("a person")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak()
        await line.heard(2)
    assert line.transfers == []


@in_audio_time
async def test_hanging_up_in_the_middle_of_anything_leaves_nothing_running() -> None:
    async def stuck(message: Message) -> Turn:
        await asyncio.Event().wait()
        raise AssertionError

    async def moment(scene: Scene, until: Callable[[Line], bool], line: Line | None = None) -> None:
        async with call(scene, line) as there:
            there.speak()
            while not until(there):
                if there.marks == 1 and not scene.ear.heard:
                    there.speak()
                await asyncio.sleep(0.03)

    asked = [words("x")]
    await moment(Scene(), lambda line: True)
    await moment(Scene(voice=Voice(frames=500)), lambda line: len(line.sent) > 3)
    thinking = Scene(clerk=Clerk(stuck), ear=Ear(list(asked)))
    await moment(thinking, lambda line: bool(thinking.clerk.messages))
    line = Line()
    line.far_side_answers = None
    putting = Scene(clerk=Clerk(person), ear=Ear(list(asked)), options={"language": "en", "transfer_to": "200"})
    await moment(putting, lambda line: bool(line.transfers), line)


@in_audio_time
async def test_the_call_beyond_capacity_hears_that_all_lines_are_busy() -> None:
    scene = Scene(max_calls=1)
    session = scene.session()
    first, second = Line("c1"), Line("c2")
    held = asyncio.create_task(session.hold(first))
    await first.heard(1)
    await session.hold(second)
    assert scene.said[-1] == phrases.ALL_BUSY["en"]
    assert any(frame.any() for frame in second.sent)
    assert second.hung_up
    assert not first.hung_up
    first.drop()
    await held
    third = Line("c3")
    held = asyncio.create_task(session.hold(third))
    await third.heard(1)
    assert scene.said[-1] == phrases.GREETING["en"]
    third.drop()
    await held


@in_audio_time
async def test_prepared_phrases_are_not_synthesised_again() -> None:
    scene = Scene()
    session = scene.session()
    await session.prepare()
    prepared = list(scene.said)
    assert phrases.GREETING["en"] in prepared
    line = Line()
    held = asyncio.create_task(session.hold(line))
    await line.heard(1)
    line.drop()
    await held
    assert scene.said == prepared
    assert any(frame.any() for frame in line.sent)


@in_audio_time
async def test_a_fixed_phrase_is_synthesised_once_and_a_reply_each_time() -> None:
    scene = Scene(ear=Ear([words("where is it"), words("thank you")]))
    async with call(scene) as line:
        await line.heard(1)
        for sentences in (2, 4):
            line.be_silent(8.2)
            await line.heard(sentences)
            line.speak()
            await line.heard(sentences + 1)
    assert scene.said.count(phrases.STILL_THERE["en"]) == 1
    assert scene.said.count("Noted.") == 2
    assert line.marks == 5


@in_audio_time
async def test_the_line_carries_sound_before_the_greeting_is_ready() -> None:
    class SlowVoice(Voice):
        async def speak(
            self, text: str, language: str, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
        ) -> AsyncIterator[np.ndarray]:
            await asyncio.sleep(0.3)
            async for piece in super().speak(text, language, rate_hz=rate_hz):
                yield piece

    async with call(Scene(voice=SlowVoice())) as line:
        await line.heard(1)
    first_word = next(index for index, frame in enumerate(line.sent) if frame.any())
    assert first_word >= 5
    assert not any(frame.any() for frame in line.sent[:first_word])


@in_audio_time
async def test_a_reply_that_cannot_be_spoken_is_replaced_by_an_apology() -> None:
    scene = Scene(ear=Ear([words("hello")]), voice=Voice(mute=frozenset({"Noted."})))
    session = scene.session()
    await session.prepare()
    line = Line()
    held = asyncio.create_task(session.hold(line))
    await line.heard(1)
    line.speak()
    await line.heard(2)
    assert not line.hung_up
    line.drop()
    await held


@in_audio_time
async def test_a_call_without_any_voice_ends_instead_of_staying_dumb() -> None:
    scene = Scene(voice=Voice(mute=frozenset({"*"})))
    line = Line()
    async with asyncio.timeout(5):
        await scene.session().hold(line)
    assert line.hung_up


@in_audio_time
async def test_frames_go_out_on_time_even_when_the_line_is_slow_to_take_one() -> None:
    at: list[float] = []

    class SlowLine(Line):
        async def send(self, frame: np.ndarray) -> None:
            await super().send(frame)
            if frame.any():
                at.append(clock())
            if len(self.sent) == 5:
                await asyncio.sleep(0.06)

    scene = Scene(voice=Voice(frames=30))
    line = SlowLine()
    clock = asyncio.get_running_loop().time
    async with call(scene, line):
        await line.heard(1)
    # The last of 30 frames is due 0.58 s after the first; a pacer that slept 20 ms after each would be 60 ms late.
    assert len(at) == 30
    assert at[-1] - at[0] == pytest.approx(0.58, abs=0.02)


def test_a_reply_of_cards_only_is_still_words() -> None:
    card = CardPart(title="Kettle", subtitle="1.5 l", fields=(("Price", "$20"),))
    reply = Reply(id="r", turn_id="t", seq=0, parts=(card,), language="en")
    assert spoken(reply) == "Kettle, 1.5 l, Price $20"
    assert spoken(replace(reply, language="zh")) == "Kettle，1.5 l，Price $20"
    assert spoken(replace(reply, parts=(TextPart(text="Hello."), card))) == "Hello."


@in_audio_time
async def test_a_clerk_who_cannot_be_watched_answers_all_the_same() -> None:
    class Hidden(Clerk):
        async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
            raise RuntimeError("nobody may look")
            yield

    scene = Scene(clerk=Hidden(), ear=Ear([words("how much is it")]))
    async with call(scene) as line:
        await line.heard(1)
        line.speak(1.0)
        await line.heard(2)
    assert scene.said[1:] == ["Noted."]
