"""Whole calls with the real models: a spoken question goes in, and the spoken answer is recognised back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from streamdouble import api, scenario
from streamdouble.session import SessionConfig

from channels.phone import PhoneLines
from channels.phone.codec import Resampler, decode_ulaw, encode_ulaw, to_float, to_int16
from core.call_ports import VoiceActivity
from core.config import Backends, Phone
from core.ports import Activity, SpeechRecognizer
from core.registry import build
from core.types import Message, Percept, Reply, TextPart, Turn, Understanding
from voice.call import CallSession
from voice.call.conversation import House, Manners
from voice.call.phrases import Phrasebook
from voice.speaker import Speaker, build_speaker

pytestmark = [pytest.mark.models, pytest.mark.peer]
Dial = Callable[[int], AbstractAsyncContextManager[Any]]
SETTINGS = Phone(enabled=True, audiosocket_port=0, sip_port=0, twilio_port=0, twilio_unsigned=True)


@dataclass(frozen=True)
class Engines:
    ear: SpeechRecognizer
    activity: VoiceActivity
    speaker: Speaker

    async def line_sound(self, text: str, language: str) -> np.ndarray:
        """Return the caller's words, 16 bits at 8 kHz, as a telephone carries them."""
        pieces = [piece async for piece in self.speaker.speak(text, language, rate_hz=16_000)]
        return to_int16(Resampler(16_000, 8_000)(np.concatenate(pieces)))

    async def words(self, line_sound: np.ndarray, language: str) -> str:
        """Return what a listener on the line understands."""
        wide = Resampler(8_000, 16_000)(to_float(line_sound))
        return (await self.ear.transcribe(wide, language=language)).text


@pytest.fixture(scope="module")
def engines(models: Path) -> Engines:
    backends = Backends()
    return Engines(
        build("asr", backends.asr, models), build("vad", backends.vad, models), build_speaker(backends, models)
    )


@dataclass
class Clerk:
    """Know one thing in each language."""

    messages: list[Message] = field(default_factory=list)

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        await asyncio.Event().wait()  # nothing is told before the turn
        yield Activity(kind="typing", message_id="")

    async def answer(self, message: Message) -> Turn:
        self.messages.append(message)
        language = message.locale or "en"
        known = "订单" in message.text or "order" in message.text.lower()
        words = {"zh": "您的订单明天下午送到。", "en": "Your parcel will arrive on Monday."}
        text = words[language] if known else {"zh": "我不知道。", "en": "I do not know."}[language]
        return Turn(
            id="t",
            message=message,
            percept=Percept(message_id=message.id),
            understanding=Understanding(commands=()),
            actions=(),
            replies=(Reply(id="r", turn_id="t", seq=0, parts=(TextPart(text=text),), language=language),),
            timings=MappingProxyType({}),
            outcome="answered",
        )


@asynccontextmanager
async def phone(engines: Engines, clerk: Clerk, manners: Manners, **options: Any) -> AsyncIterator[PhoneLines]:
    house = House(
        clerk=clerk,  # type: ignore[arg-type]  # a call needs only `answer`
        recognizer=engines.ear,
        activity=engines.activity,
        phrasebook=Phrasebook(engines.speaker),
        manners=manners,
        **options,
    )
    lines = PhoneLines(SETTINGS, on_call=CallSession(house).hold)
    running = asyncio.create_task(lines.run())
    assert lines.twilio is not None
    async with asyncio.timeout(120):
        await lines.audiosocket.ready.wait()
        await lines.twilio.ready.wait()
        yield lines
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_question_in_chinese_over_audiosocket_is_answered_in_chinese(engines: Engines, dial: Dial) -> None:
    clerk = Clerk()
    question = await engines.line_sound("你好，请问我的订单什么时候到？", "zh")
    manners = Manners(filler_s=60, give_up_s=90)
    async with (
        phone(engines, clerk, manners, language="zh", greeting="您好，请讲。") as lines,
        dial(lines.audiosocket.port) as asterisk,
    ):
        greeted = await _sentence(asterisk, 0)
        asterisk.say(question)
        await asterisk.has_said_all()
        answered = await _sentence(asterisk, greeted)
        asterisk.hang_up()
        await asterisk.hung_up.wait()
    assert asterisk.aborted == ""
    assert "订单" in clerk.messages[0].text
    assert clerk.messages[0].locale == "zh"
    heard = await engines.words(asterisk.heard[greeted:answered], "zh")
    assert "明天" in heard, heard


async def test_a_question_in_english_over_twilio_is_answered_in_english(engines: Engines) -> None:
    clerk = Clerk()
    question = encode_ulaw(await engines.line_sound("Hello, when will my order arrive?", "en"))
    frames = [question[start : start + 160] for start in range(0, len(question) - 159, 160)]
    script = scenario.Scenario(
        "question",
        [scenario.WaitFor("mark", 60), scenario.Say(Path("question"), frames), scenario.Wait(60)],
    )
    # The caller says no more, so that the clerk hangs up and ends the script.
    manners = Manners(filler_s=60, give_up_s=90, silence_s=1.5)
    async with phone(engines, clerk, manners, language="en", greeting="Hello.") as lines:
        assert lines.twilio is not None
        report = await api.run_scenario(
            f"ws://127.0.0.1:{lines.twilio.port}/twilio/media", script, config=SessionConfig(response_timeout_s=60)
        )
    assert report.violations == []
    assert report.result.closed_by == "agent"
    assert "order" in clerk.messages[0].text.lower()
    assert clerk.messages[0].locale == "en"
    heard = await engines.words(decode_ulaw(report.audio_received), "en")
    assert "monday" in heard.lower(), heard


async def _sentence(asterisk: Any, after: int) -> int:
    """Wait for speech beyond sample `after` and the silence that follows; return where it ended."""
    while True:
        new = np.abs(asterisk.heard[after:].astype(np.int32)) > 300
        if new.any() and not new[-8_000:].any() and len(new) > 8_000:
            return after + len(new)
        await asyncio.sleep(0.1)
