"""How often people and machines are told apart, over greetings made with the voices of the house.

    python -m tests.voice.answering_machine_scores

They are synthetic: read sentences of six voices at several speeds, in the telephone band, with a little
noise. People breathe, cough and answer on the street; the numbers say that the rules fit together, no more.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from channels.phone.codec import Resampler, decode_ulaw, encode_ulaw, to_float, to_int16
from core.config import Settings
from core.ports import Pcm
from core.registry import build
from tests.voice.call_scene import Line
from voice.call.answering_machine import Answered, who_answered
from voice.call.endpointing import WINDOW
from voice.call.playback import Playback
from voice.call.talk import Talk
from voice.speaker import Speaker

RATE_HZ = 16_000
PEOPLE = {
    "en": [
        "Hello?",
        "Hi.",
        "Yes?",
        "Hello, this is Mary.",
        "Good morning.",
        "John speaking.",
        "Hello, who is this?",
        "Yeah, hello?",
        "Hi, this is Tom, what's up?",
        "Smith residence, hello?",
        "Good afternoon, Green Garden flowers, how can I help you?",
    ],
    "zh": [
        "喂？",
        "喂，你好。",
        "你好。",
        "喂，哪位？",
        "您好，请问您是哪位？",
        "哎，你好，你说。",
        "喂，我是小王。",
        "嗯，你讲。",
        "喂喂，听得到吗？",
        "您好，这里是前台。",
        "你好，我在开会，什么事？",
    ],
}
MACHINES = {
    "en": [
        "Hi, you've reached Mary. I can't come to the phone right now. Please leave a message after the tone.",
        "Hello, this is Tom. I'm not available at the moment. Leave your name and number and I'll get back to you.",
        "You have reached the voicemail of five five five one two three four. Please record your message at the beep.",
        "The person you are trying to reach is not available. Please leave a message after the tone.",
        "The number you have dialed is not in service. Please check the number and dial again.",
        "Thank you for calling Green Garden flowers. Our office is closed. Our hours are nine to five on weekdays.",
        "Hey, it's John. Sorry I missed your call. You know what to do.",
        "Please leave a message.",
        "Your call has been forwarded to an automatic voice message system.",
        "Hello. We are on holiday until the first of May and will be happy to return your call after that.",
        "The subscriber you have called cannot be reached at the moment. Please try again later.",
    ],
    "zh": [
        "您好，我现在不方便接听电话，请在提示音后留言。",
        "您好，您拨打的电话暂时无法接通，请稍后再拨。",
        "对不起，您拨打的用户已关机。",
        "您好，这里是语音信箱，请在嘀声之后留下您的口信，结束后请挂机。",
        "您拨打的号码是空号，请核对后再拨。",
        "你好，我是小李，我现在不在，请留下您的姓名和电话，我会尽快给您回电。",
        "您好，您所拨打的用户正忙，请稍后再拨。",
        "欢迎致电阳光花店，现在是非工作时间，我们的工作时间是每天早上九点到晚上六点。",
        "您拨打的用户暂时无法接听，请在滴声后留言。",
        "请留言。",
        "您好，机主现在无法接听您的电话，我是他的语音助手，请问您找他有什么事？",
    ],
}
BEEPS_HZ = (1000.0, 440.0, 1400.0, 800.0)


@dataclass(frozen=True)
class Greeting:
    is_machine: bool
    language: str
    text: str
    voice: str
    speed: float


def greetings() -> Iterator[Greeting]:
    voices = {"en": ("piper", "jf_alpha", "jm_kumo"), "zh": ("jf_tebukuro", "jm_kumo", "jf_gongitsune")}
    for is_machine, by_language in ((False, PEOPLE), (True, MACHINES)):
        for language, texts in by_language.items():
            for at, text in enumerate(texts):
                yield Greeting(is_machine, language, text, voices[language][at % 3], (0.9, 1.0, 1.15)[at % 3])


def on_the_line(speech: Pcm, greeting: Greeting, seed: int) -> Pcm:
    """Return what our end hears: a little silence, the greeting, a beep where there is one, then quiet."""
    random = np.random.default_rng(seed)
    pieces = [np.zeros(round(random.uniform(0.2, 1.0) * RATE_HZ)), speech]
    if greeting.is_machine:
        pieces.append(np.zeros(round(random.uniform(0.3, 1.0) * RATE_HZ)))
        beep = np.arange(round(random.uniform(0.25, 0.6) * RATE_HZ)) / RATE_HZ
        pieces.append(0.2 * np.sin(2 * np.pi * BEEPS_HZ[seed % 4] * beep))
    sound = np.concatenate([*pieces, np.zeros(5 * RATE_HZ)]).astype(np.float32)
    sound += random.normal(0, 0.002, sound.size).astype(np.float32)
    narrow = Resampler(RATE_HZ, 8_000)(sound)
    return Resampler(8_000, RATE_HZ)(to_float(decode_ulaw(encode_ulaw(to_int16(narrow)))))


class Voices:
    """The house's own voices and their siblings, built once each."""

    def __init__(self, settings: Settings) -> None:
        self._models = settings.models.folder.expanduser()
        self._built: dict[str, Any] = {}

    async def say(self, greeting: Greeting) -> Pcm:
        name = greeting.voice
        spec = "piper:piper-en_US-joe-medium" if name == "piper" else f"kokoro:kokoro-82m-int8?voice={name}"
        voice = self._built.get(name) or self._built.setdefault(name, build("tts", spec, self._models))
        speaker = Speaker(voices={greeting.language: voice})
        spoken = speaker.speak(greeting.text, greeting.language, rate_hz=RATE_HZ, speed=greeting.speed)
        return np.concatenate([piece async for piece in spoken])


async def judge(sound: Pcm, language: str | None, recognizer: Any, activity: Any) -> tuple[Answered, float]:
    """Return who answered, and the seconds that recognition took after the last sound listened to."""
    line = Line()
    talk = Talk(SimpleNamespace(recognizer=recognizer), line, Playback(line))  # type: ignore[arg-type]
    listen = activity.stream()
    for at in range(0, sound.size - WINDOW + 1, WINDOW):
        window = sound[at : at + WINDOW]
        talk.windows.put_nowait((listen(window), window))
    began = time.perf_counter()
    return await who_answered(talk, language), time.perf_counter() - began


async def measure(chosen: Sequence[Greeting]) -> dict[str, Any]:
    settings = Settings()
    models = settings.models.folder.expanduser()
    recognizer, activity = build("asr", settings.backends.asr, models), build("vad", settings.backends.vad, models)
    voices, counts, heard, wrong = Voices(settings), Counter[tuple[str, str]](), list[float](), list[dict[str, Any]]()
    for seed, greeting in enumerate(chosen):
        sound = on_the_line(await voices.say(greeting), greeting, seed)
        answered, _ = await judge(sound, greeting.language, recognizer, activity)
        truth = "machine" if greeting.is_machine else "human"
        counts[truth, answered.by] += 1
        heard.append(answered.heard_s)
        if answered.by != truth:
            wrong.append({"text": greeting.text, "truth": truth, "by": answered.by, "because": answered.because})
    return {
        "greetings": len(chosen),
        "counts": {f"{truth} taken for {by}": count for (truth, by), count in sorted(counts.items())},
        "heard_p50_s": round(float(np.median(heard)), 2),
        "heard_max_s": round(max(heard), 2),
        "wrong": wrong,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(list(greetings()))), ensure_ascii=False, indent=2))  # noqa: T201
