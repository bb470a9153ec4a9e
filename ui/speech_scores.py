"""The recogniser under measurement: recordings from a manifest, scores out, with progress."""

from __future__ import annotations

import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import soundfile
from rich.console import Console
from rich.progress import Progress

from core.errors import MediaError
from core.ports import SpeechRecognizer
from learning.evaluation.speech import Clip, Heard, SpeechScores, score_speech
from perception.media.recordings import clean_recording

_LONGEST_S = 3600.0


async def scores_of(recognizer: SpeechRecognizer, clips: Sequence[Clip], *, hint: str) -> SpeechScores:
    """Hear the clips through the door that customers' recordings take, and score what was heard.

    Raises `MediaError`, which names the file, when a recording cannot be read.
    """
    with Progress(console=Console(stderr=True), transient=True) as bar:
        hearing = bar.add_task("hearing the recordings", total=len(clips))

        async def hear(clip: Clip) -> Heard:
            speech, rate_hz = soundfile.read(BytesIO(_wav(clip.file)), dtype="float32")
            began = time.perf_counter()
            heard = await recognizer.transcribe(speech, hint=hint, expect=clip.expect)
            spent_s = time.perf_counter() - began
            bar.advance(hearing)
            length_s = len(speech) / rate_hz
            return Heard(text=heard.text, duration_s=length_s, spent_s=spent_s, confidence=heard.confidence)

        return await score_speech(hear, clips)


def _wav(file: Path) -> bytes:
    try:
        return clean_recording(file.read_bytes(), max_s=_LONGEST_S).wav
    except (OSError, MediaError) as error:
        code = error.code if isinstance(error, MediaError) else "not_audio"
        raise MediaError(code, f"{file} is not a readable recording: {error}") from error
