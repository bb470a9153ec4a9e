"""Compare our call with a Pipecat pipeline: the same clips, recogniser, voice and voice activity, turn about.

Run it by hand, on a quiet machine:

    python tests/bench/pipecat_voice.py [--turns 50] [--clips manifest.tsv] [--env FOLDER] [--json]

Pipecat is installed into an environment of its own (FOLDER), and so is its Piper, which is under the GPL; neither
is a part of this project. Both sides answer with the same English sentence at once, so that what is compared is the
call and not the dialogue; ours hears the clips over a telephone line at 8 kHz, Pipecat as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import AsyncIterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any, cast

import soundfile
import yaml
from rich.console import Console
from rich.progress import track

sys.path.insert(0, str(Path(__file__).parents[2]))

from core import registry  # noqa: E402 - the script is run by its path
from core.config import load  # noqa: E402
from core.ports import Activity, Clerk  # noqa: E402
from core.types import Message, Percept, Reply, TextPart, Turn, Understanding  # noqa: E402
from learning.evaluation.speech import read_clips  # noqa: E402
from ui.phone_trial.cases import Act  # noqa: E402
from ui.phone_trial.clock import Clock  # noqa: E402
from ui.phone_trial.run import stand_of  # noqa: E402
from ui.phone_trial.trial import Stand  # noqa: E402
from ui.phone_trial.voices import read_sound  # noqa: E402
from ui.voice_speed import call_of, percentiles  # noqa: E402
from voice.call.conversation import House  # noqa: E402
from voice.call.phrases import Phrasebook  # noqa: E402
from voice.speaker import build_speaker  # noqa: E402

REPLY = "Your parcel will arrive on Monday."
VERSION = "1.14.0"
SENTENCES = Path(__file__).parents[2] / "assets" / "bench" / "voice.yaml"


class Parrot:
    """A clerk that says the same to everybody."""

    def __init__(self) -> None:
        self.said: list[Turn] = []

    async def answer(self, message: Message) -> Turn:
        turn = Turn(
            id=message.id,
            message=message,
            percept=Percept(message_id=message.id),
            understanding=Understanding(commands=()),
            actions=(),
            replies=(Reply(id="r", turn_id=message.id, seq=0, parts=(TextPart(text=REPLY),), language="en"),),
            timings=MappingProxyType({}),
            outcome="answered",
        )
        self.said.append(turn)
        return turn

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        await asyncio.Event().wait()
        yield Activity(kind="typing", message_id="")

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        return tuple(self.said)

    async def played(self, turn: Turn, words: str) -> None: ...


class Pipecat:
    """The other side, in its own environment."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, python: Path, models: Path) -> Pipecat:
        worker = Path(__file__).with_name("pipecat_worker.py")
        process = await asyncio.create_subprocess_exec(
            python, worker, models, REPLY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        one = cls(process)
        while await one._line() != "ready":
            pass
        return one

    async def turn(self, clip: Path) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"clip": str(clip)}).encode() + b"\n")
        return cast(dict[str, Any], json.loads(await self._line()))

    async def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    async def _line(self) -> str:
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the Pipecat worker ended; its complaint stands above")
        return line.decode().strip()


def environment(folder: Path) -> Path:
    """Return the Python of an environment with Pipecat, made where it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        wanted = f"pipecat-ai[piper,silero,whisper]=={VERSION}"
        subprocess.run([python, "-m", "pip", "install", "-q", wanted, "soundfile"], check=True)  # noqa: S603 - no shell
    return python


async def clips(stand: Stand, manifest: Path | None, folder: Path) -> list[Path]:
    """Return recordings at 16 kHz: those of a manifest, or sentences of the bench in the caller's voice."""
    if manifest:
        sounds = [await asyncio.to_thread(read_sound, clip.file) for clip in read_clips(manifest)]
    else:
        rows = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
        sounds = [await stand.voices.speak(text) for row in rows for text in row["turns"]]
    files = [folder / f"{number}.wav" for number in range(len(sounds))]
    for file, sound in zip(files, sounds, strict=True):
        soundfile.write(file, sound, 16_000, subtype="PCM_16")
    return files


async def ours(stand: Stand, clip: Path, number: int, parts: dict[str, Any]) -> dict[str, Any]:
    """Return what our call makes of a clip."""
    house = House(clerk=cast(Clerk, Parrot()), language="en", greeting="Hello.", **parts)
    held = await stand.hold(house, call_of(number, "en", (Act(audio=clip),)))
    answer = held.answers[0] if held.answers else None
    return {
        "first_audio_s": answer and answer.first_audio_s,
        "asked_early": bool(answer and answer.asked_early),
        "waited_long": bool(answer and answer.waited_long),
    }


def summary(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """Return percentiles and faults."""
    first = [turn["first_audio_s"] for turn in turns if turn["first_audio_s"] is not None]
    return {
        "turns": len(turns),
        **percentiles("first_audio", first),
        "waited_long": sum(turn["waited_long"] for turn in turns),
        "answered_early": sum(turn["asked_early"] for turn in turns),
        "never_answered": len(turns) - len(first),
    }


async def compare(turns: int, manifest: Path | None, env: Path) -> dict[str, Any]:
    """Let both sides hear each clip, the one that begins changing."""
    settings = load(None)
    models = settings.models.folder.expanduser()
    stand = await stand_of(settings, Clock())
    parts = {
        "recognizer": registry.build("asr", settings.backends.asr, models),
        "activity": registry.build("vad", settings.backends.vad, models),
        "phrasebook": Phrasebook(build_speaker(settings.backends, models)),
    }
    found: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    with tempfile.TemporaryDirectory() as folder:
        files = await clips(stand, manifest, Path(folder))
        theirs = await Pipecat.start(environment(env), models)
        try:
            await ours(stand, files[0], 0, parts)  # both have loaded everything before they are timed
            await theirs.turn(files[0])
            for number in track(range(turns), console=Console(stderr=True), transient=True):
                clip = next(islice(cycle(files), number, None))
                for side in (0, 1) if number % 2 else (1, 0):
                    made = theirs.turn(clip) if side else ours(stand, clip, number, parts)
                    found[side].append(await made)
        finally:
            await theirs.stop()
    both = [
        (a["first_audio_s"], b["first_audio_s"])
        for a, b in zip(*found, strict=True)
        if a["first_audio_s"] and b["first_audio_s"]
    ]
    return {
        "ours": summary(found[0]),
        "pipecat": {"version": VERSION, **summary(found[1])},
        "ratio_of_medians": round(median(a for a, _ in both) / median(b for _, b in both), 3) if both else None,
        "median_of_ratios": round(median(a / b for a, b in both), 3) if both else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--env", type=Path, default=Path(tempfile.gettempdir()) / "zhanggui-pipecat")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = asyncio.run(compare(given.turns, given.clips, given.env))
    if given.json:
        print(json.dumps(report, indent=2))  # noqa: T201 - a script
        return
    for name, value in report.items():
        print(f"{name:18} {value}")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
