"""Who answered a call of ours: a person, or a machine.

A person says a word or two and waits; a mailbox speaks on and beeps, and so does the network that cannot
reach anybody. What is measured is sound, so that a slow machine judges the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from core.ports import Pcm
from core.types import Language
from voice.call.beep import Beep
from voice.call.endpointing import WINDOW_S
from voice.call.line_words import says
from voice.call.talk import Talk

log = logging.getLogger(__name__)

Who: TypeAlias = Literal["human", "machine", "unknown"]

_SPEECH = 0.5
_PAUSE_S = 0.64
"""Silence after a greeting that asks for an answer."""
_GREETING_S = 3.0
"""Nobody speaks longer than this without waiting for an answer, but a machine."""
_SILENT_S = 4.0
"""Silence from the start after which nobody can be told from a machine."""
_QUIET_S = 2.0
"""Silence after which a mailbox that did not beep is taken to record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Who answered, and by what it was told."""

    by: Who
    because: str
    takes_messages: bool = False
    """Whether it is a machine that something can be left on."""
    heard_s: float = 0.0
    """Sound that was listened to."""


async def who_answered(talk: Talk, language: Language | None) -> Answered:
    """Listen to a line that was just answered and say who it is, from about three seconds of sound at most."""
    beep, speech = Beep(), list[Pcm]()
    heard = spoken = quiet = 0
    while True:
        probability, window = await talk.windows.get()
        heard += 1
        speech.append(window)
        if beep.hear(window):
            return Answered(by="machine", because="beep", takes_messages=True, heard_s=heard * WINDOW_S)
        if probability >= _SPEECH:
            spoken, quiet = spoken + quiet + 1, 0
        elif spoken:
            quiet += 1
        elif heard * WINDOW_S >= _SILENT_S:
            return Answered(by="unknown", because="silence", heard_s=heard * WINDOW_S)
        if quiet * WINDOW_S >= _PAUSE_S or spoken * WINDOW_S >= _GREETING_S:
            return await _judged(talk, np.concatenate(speech), language, spoken * WINDOW_S, heard * WINDOW_S)


async def _judged(talk: Talk, speech: Pcm, language: Language | None, spoken_s: float, heard_s: float) -> Answered:
    words = await talk.words(speech, language)
    if says("unreachable", words):
        return Answered(by="machine", because="words of the network", heard_s=heard_s)
    if says("voicemail", words):
        return Answered(by="machine", because="words of a mailbox", takes_messages=True, heard_s=heard_s)
    if spoken_s >= _GREETING_S:
        return Answered(by="machine", because="a long greeting", takes_messages=True, heard_s=heard_s)
    return Answered(by="human", because="a short greeting", heard_s=heard_s)


async def mailbox_records(talk: Talk, *, within_s: float = 30.0) -> bool:
    """Wait until a mailbox records: it beeped, or has been quiet; False where it spoke on and on."""
    beep, heard, quiet, beeped = Beep(), 0, 0, False
    while heard * WINDOW_S < within_s:
        probability, window = await talk.windows.get()
        heard += 1
        is_tone = beep.hear(window)
        if beeped and not is_tone:
            return True
        beeped = beeped or is_tone
        quiet = quiet + 1 if probability < _SPEECH and not is_tone else 0
        if quiet * WINDOW_S >= _QUIET_S:
            return True
    return False
