"""What a call says by itself, in the languages of the house, and its recordings kept ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from core.ports import Pcm
from core.types import Language

log = logging.getLogger(__name__)

RATE_HZ = 16_000
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Phrase = Mapping[Language, str]


def _phrase(zh: str, en: str) -> Phrase:
    return MappingProxyType({"zh": zh, "en": en})


GREETING = _phrase(
    "您好，我是本店的智能客服，请问有什么可以帮您？",
    "Hello, this is the shop's automated assistant. How can I help you?",
)
SHORT_GREETING = _phrase("您好，我是智能客服，请讲。", "Hello, I also speak English. How can I help?")
"""For a line that serves both languages: the two are said one after the other."""
STILL_THERE = _phrase("您还在吗？", "Are you still there?")
GOODBYE = _phrase(
    "我没有听到您的声音，先挂断了。需要时请再打来，再见。",
    "I can't hear you, so I'll hang up now. Please call again any time. Goodbye.",
)
ONE_MOMENT = _phrase("请稍等，我查一下。", "One moment, please. Let me check.")
TOO_SLOW = _phrase(
    "抱歉，系统现在很慢，我还没有查到结果。请您再说一遍，或者稍后再打来。",
    "I'm sorry, our system is slow and I have no answer yet. Please say it again, or call back later.",
)
FAULT = _phrase(
    "抱歉，我这边出了点问题，请您再说一遍。", "I'm sorry, something went wrong on my side. Please say that again."
)
NOT_CAUGHT = _phrase("抱歉，我没有听清，请您再说一遍。", "Sorry, I didn't catch that. Could you say it again?")
TAKE_YOUR_TIME = _phrase("好的，您慢慢来，我等您。", "Sure, take your time.")
FAREWELL = _phrase("再见。", "Goodbye.")
TRANSFERRING = _phrase("正在为您转接人工客服，请不要挂断。", "I'm putting you through to a person. Please hold.")
NOT_TRANSFERRED = _phrase(
    "抱歉，人工客服没有接通，您的请求已经记录下来。还有什么可以帮您？",
    "I'm sorry, I couldn't reach a person. Your request is on record. Is there anything else?",
)
ALL_BUSY = _phrase(
    "抱歉，现在线路全忙，请稍后再打来。", "I'm sorry, all our lines are busy. Please call again in a few minutes."
)
STILL_HOLDING = _phrase(
    "还在为您联系人工客服，请再稍等一下。", "I'm still trying to reach a person for you. Thank you for holding."
)
CONNECTED = _phrase("人工客服已接通，请讲。", "You are connected now. Please go ahead.")
TAKE_CALL = _phrase(
    "您好，店里有一位顾客在线上等您。{brief}。接听请按 1，或者说“好的”；不方便请直接挂断。",
    "Hello, a customer of the shop is holding for you. {brief}. To take the call press 1 or say yes; "
    "if you can't, just hang up.",
)
JOINING = _phrase("好的，正在接通。", "Thank you. Connecting you now.")

RECORDED = _phrase(
    "本次通话将被录音，不希望录音请说“不要录音”。", "This call is recorded. To stop that, say: don't record."
)
MAY_WE_RECORD = _phrase(
    "可以对本次通话录音吗？可以请说“好的”或按 1，不可以请说“不”。",
    "May we record this call? Say yes or press 1 to agree, or say no.",
)
NOT_RECORDED = _phrase(
    "好的，已经停止录音，录下的部分也删除了。请接着说。",
    "All right, I've stopped recording and deleted what was recorded. Please go on.",
)
WITHOUT_RECORDING = _phrase("好的，本次通话不录音。", "All right, this call is not recorded.")

IN_QUEUE = _phrase(
    "现在线路全忙，您排在第 {place} 位，请稍等，轮到您会马上接听。",
    "All our lines are busy. You are number {place} in the queue. Please hold, you'll be answered in turn.",
)
QUEUE_TOO_LONG = _phrase("抱歉让您久等了，线路仍然全忙。", "I'm sorry for the long wait. All our lines are still busy.")
SHALL_WE_CALL_BACK = _phrase(
    "需要我们回拨您尾号 {tail} 的电话吗？需要请按 1，或者说“好的”。",
    "Shall we call you back on the number ending in {tail}? Press 1 or say yes.",
)
BACK_NOTED = _phrase(
    "好的，已经登记，我们会回拨给您。再见。", "Thank you. It's noted, and we will call you back. Goodbye."
)
CALL_LATER = _phrase("请您稍后再打来，再见。", "Please call again later. Goodbye.")

WHO_IS_IT = _phrase(
    "您好，这里是{shop}，有一条关于您订单的消息。请问您是下单的顾客本人吗？是请按 1 或说“是的”；"
    "不是请按 2；以后不想再接到来电请按 9。",
    "Hello, this is {shop} with a message about an order. Are you the person who placed it? Press 1 or say yes; "
    "if not, press 2. Press 9 if you don't want to be called again.",
)
WRONG_PERSON = _phrase("好的，打扰了，再见。", "I see. Sorry to have bothered you. Goodbye.")
NOT_CALLED_AGAIN = _phrase("好的，以后不会再给您打这样的电话。", "Understood, we won't call you like this again.")
VOICEMAIL = _phrase(
    "您好，这里是{shop}，有一条关于您订单的消息。方便时请联系我们，谢谢，再见。",
    "Hello, this is {shop} with a message about an order. Please get in touch when it suits you. Thank you. Goodbye.",
)
"""Nothing personal: nobody knows who listens to a mailbox."""
ANYTHING_ELSE = _phrase("还有什么可以帮您？", "Is there anything I can help you with?")

_AT_ONCE = (ALL_BUSY, FAULT, ONE_MOMENT)
"""Said when there is no time, or no way, to synthesise."""
_KEPT = frozenset(
    (phrase[language], language)
    for phrase in (
        *_AT_ONCE,
        STILL_THERE,
        GOODBYE,
        TOO_SLOW,
        NOT_CAUGHT,
        TAKE_YOUR_TIME,
        FAREWELL,
        TRANSFERRING,
        NOT_TRANSFERRED,
        STILL_HOLDING,
        CONNECTED,
        JOINING,
        RECORDED,
        MAY_WE_RECORD,
        NOT_RECORDED,
        QUEUE_TOO_LONG,
    )
    for language in LANGUAGES
)


def filled(phrase: Phrase, **values: object) -> Phrase:
    """Return a phrase with its places filled in: "the number ending in {tail}"."""
    return {language: text.format(**values) for language, text in phrase.items()}


class Speaker(Protocol):
    """Words to sound; `voice.speaker` has the real one."""

    def speak(
        self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[Pcm]:
        """Yield the speech of `text` at `rate_hz`, the first piece as early as possible."""
        ...


class Phrasebook:
    """Speak through `speaker`, with the fixed phrases synthesised once.

    A greeting must come within 300 ms of the answer, and a busy machine has no time to synthesise. What
    is needed at once is prepared; other fixed phrases are kept when they are first said to their end.
    """

    def __init__(self, speaker: Speaker) -> None:
        """Begin with nothing kept."""
        self._speaker = speaker
        self._kept: dict[tuple[str, Language], Pcm] = {}

    async def prepare(self, languages: Iterable[Language], *more: tuple[str, Language]) -> None:
        """Synthesise what is needed at once, and `more`, some seconds each on a CPU.

        One that fails is told in the log and spoken live later.
        """
        for text, language in (*more, *((phrase[one], one) for one in languages for phrase in _AT_ONCE)):
            if (text, language) in self._kept:
                continue
            try:
                self._kept[text, language] = np.concatenate([piece async for piece in self._live(text, language)])
            except Exception:
                # A missing voice must not keep the other language from answering calls.
                log.exception("the %s phrase of %d characters cannot be spoken", language, len(text))

    async def practise(self, openings: Iterable[tuple[str, Language]], when: asyncio.Event | None = None) -> None:
        """Say the first clause of each text to nobody, to its end, so that the voices keep its sound.

        A reply whose beginning is known then begins at once; the rest is made while that is heard. It takes minutes
        on a CPU, and goes on only while `when` is set. What fails is told in the log, once for a language.
        """
        failed: set[Language] = set()
        for text, language in openings:
            if when:
                await when.wait()
            if language in failed:
                continue
            live = self._speaker.speak(text, language)
            try:
                async for bit in live:
                    if not bit[-1:].any():  # the pause after the clause; a bit within it ends in sound
                        break
            except Exception:
                failed.add(language)
                log.exception("the openings of replies cannot be practised in %s", language)
            finally:
                await close(live)

    def is_kept(self, text: str, language: Language) -> bool:
        """Return whether the sentence needs no synthesis."""
        return (text, language) in self._kept

    async def speech(
        self, text: str, language: Language, *, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`, `speed` and `volume` times as quick and as loud as usual."""
        is_usual = speed == volume == 1.0
        kept = self._kept.get((text, language)) if is_usual else None
        if kept is not None:
            yield kept
            return
        pieces = []
        live = self._speaker.speak(text, language, rate_hz=RATE_HZ, speed=speed, volume=volume)
        try:
            async for piece in live:
                pieces.append(piece)
                yield piece
        finally:
            await close(live)
        if is_usual and (text, language) in _KEPT and pieces:
            self._kept[text, language] = np.concatenate(pieces)

    def _live(self, text: str, language: Language) -> AsyncIterator[Pcm]:
        return self._speaker.speak(text, language, rate_hz=RATE_HZ)


async def close(speech: AsyncIterator[Pcm]) -> None:
    """End speech that may not have been drawn to its end, so that its synthesis stops now and not at collection."""
    if isinstance(speech, AsyncGenerator):
        await speech.aclose()
