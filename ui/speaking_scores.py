"""The voices under measurement: sentences in, scores out, with progress."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import soxr
from rich.console import Console
from rich.progress import Progress

from core.ports import SpeechRecognizer
from core.types import Language
from learning.evaluation.speaking import Said, SpeakingScores, score_speaking
from voice.reading_aloud import aloud
from voice.speaker import Speaker

_EARS_HZ = 16_000
_TELEPHONE_HZ = 8_000


async def scores_of(
    speaker: Speaker,
    ears: SpeechRecognizer,
    sentences: Sequence[tuple[Language, str]],
    *,
    telephone: bool,
) -> dict[Language, SpeakingScores]:
    """Speak each sentence and let `ears` hear it; one in each language goes before, for what a first time costs."""
    for language in {language for language, _ in sentences}:
        await speaker.to_wav({"zh": "您好。"}.get(language, "Hello."), language)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        speaking = bar.add_task("speaking", total=len(sentences))

        async def say(text: str, language: Language) -> Said:
            began, first_s, bits = time.perf_counter(), 0.0, []
            async for bit in speaker.speak(text, language, rate_hz=_EARS_HZ):
                first_s = first_s or time.perf_counter() - began
                bits.append(bit)
            whole_s = time.perf_counter() - began
            sound = np.concatenate(bits) if bits else np.zeros(0, np.float32)
            if telephone:
                sound = soxr.resample(soxr.resample(sound, _EARS_HZ, _TELEPHONE_HZ), _TELEPHONE_HZ, _EARS_HZ)
            heard = await ears.transcribe(sound, language=language)
            bar.advance(speaking)
            return Said(
                read=aloud(text, language),
                heard=heard.text,
                first_s=first_s,
                whole_s=whole_s,
                length_s=len(sound) / _EARS_HZ,
            )

        return await score_speaking(say, sentences)
