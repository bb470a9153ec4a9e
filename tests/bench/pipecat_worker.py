"""A Pipecat pipeline that hears clips in real time; `pipecat_voice.py` runs it in Pipecat's own environment.

It reads a line of JSON with a clip for each turn from standard input, and writes one with what it measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
import soundfile
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

RATE_HZ, FRAME = 16_000, 320
NEVER_S = 15.0
"""After so long without a sound, a turn was not answered."""
QUIET_S = 1.0


class Line:
    """The far end: plays a clip, otherwise silence, and notes when it hears the bot."""

    def __init__(self) -> None:
        self.mouth: list[np.ndarray] = []
        self.spoken: list[float] = []
        self.heard: list[float] = []
        self.asked: list[float] = []
        self.recognised: list[tuple[float, float]] = []
        self.recognising = 0


class Mouth(BaseInputTransport):
    def __init__(self, line: Line, params: TransportParams) -> None:
        super().__init__(params)
        self._line = line

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._talking = self.create_task(self._talk())

    async def stop(self, frame: EndFrame) -> None:
        await self.cancel_task(self._talking)
        await super().stop(frame)

    async def _talk(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            sound = self._line.mouth.pop(0) if self._line.mouth else np.zeros(FRAME, dtype=np.int16)
            due += FRAME / RATE_HZ
            await asyncio.sleep(max(0.0, due - clock()))
            if np.abs(sound).max() > 0:
                self._line.spoken.append(clock())
            await self.push_audio_frame(InputAudioRawFrame(sound.tobytes(), RATE_HZ, 1))


class Ear(BaseOutputTransport):
    def __init__(self, line: Line, params: TransportParams) -> None:
        super().__init__(params)
        self._line = line
        self._due = 0.0

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        clock = asyncio.get_running_loop().time
        if np.frombuffer(frame.audio, dtype=np.int16).any():
            self._line.heard.append(clock())
        self._due = max(self._due, clock()) + len(frame.audio) / 2 / frame.sample_rate
        await asyncio.sleep(max(0.0, self._due - clock()))
        return True


class Clerk(FrameProcessor):
    """Answer every turn with the same words, as a language model would that takes no time."""

    def __init__(self, line: Line, reply: str) -> None:
        super().__init__()
        self._line = line
        self._reply = reply

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        self._line.asked.append(asyncio.get_running_loop().time())
        for one in (LLMFullResponseStartFrame(), LLMTextFrame(self._reply), LLMFullResponseEndFrame()):
            await self.push_frame(one)


def watch_recognition(stt: WhisperSTTService, line: Line) -> None:
    run = stt.run_stt

    async def timed(audio: bytes):  # noqa: ANN202 - Pipecat's own type
        began = asyncio.get_running_loop().time()
        line.recognising += 1
        try:
            async for frame in run(audio):
                line.recognised.append((began, asyncio.get_running_loop().time()))
                yield frame
        finally:
            line.recognising -= 1

    stt.run_stt = timed


async def turn(line: Line, clip: str) -> dict[str, object]:
    """Play a clip, wait for the answer to end, and return what was measured."""
    clock = asyncio.get_running_loop().time
    sound, rate = soundfile.read(clip, dtype="int16")
    assert rate == RATE_HZ, "clips are made at 16 kHz"
    for noted in (line.spoken, line.heard, line.asked, line.recognised):
        noted.clear()
    line.mouth = list(np.pad(sound, (0, -len(sound) % FRAME)).reshape(-1, FRAME))
    while line.mouth:  # noqa: ASYNC110 - the line tells nobody
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.04)
    end = line.spoken[-1]
    while True:
        await asyncio.sleep(0.02)
        after = [moment for moment in line.heard if moment > end]
        is_over = clock() - after[-1] > QUIET_S if after else clock() - end > NEVER_S
        if is_over and not line.recognising:
            break
    first = next((moment for moment in line.heard if moment > end), None)
    asked = next((moment for moment in line.asked if moment > end), None)
    worked = sum(max(0.0, min(last, asked) - max(begin, end)) for begin, last in line.recognised if asked)
    return {
        "first_audio_s": None if first is None else first - end,
        "asked_early": any(moment < max((last for _, last in line.recognised), default=end) for moment in line.asked),
        "waited_long": asked is not None and asked - end - worked >= 1.5,
        "recognition_s": sum(last - begin for begin, last in line.recognised),
    }


async def main(models: str, reply: str) -> None:
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    line, folder = Line(), Path(models)
    params = TransportParams(
        audio_in_enabled=True, audio_in_sample_rate=RATE_HZ, audio_out_enabled=True, audio_out_sample_rate=RATE_HZ
    )
    stt = WhisperSTTService(
        device="cpu",
        compute_type="int8",
        settings=WhisperSTTService.Settings(model=str(folder / "whisper-base"), language=None),
    )
    watch_recognition(stt, line)
    tts = PiperTTSService(
        download_dir=folder / "piper-en_US-joe-medium",
        settings=PiperTTSService.Settings(voice="en_US-joe-medium"),
    )
    both = LLMContextAggregatorPair(LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer()))
    parts = [Mouth(line, params), stt, both.user(), Clerk(line, reply), tts, Ear(line, params), both.assistant()]
    worker = PipelineWorker(
        Pipeline(parts),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ),
        idle_timeout_secs=None,
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(2)
    print("ready", flush=True)  # noqa: T201 - the protocol with the script
    while row := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await turn(line, json.loads(row)["clip"])), flush=True)  # noqa: T201 - the same
    await worker.queue_frame(EndFrame())
    await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
