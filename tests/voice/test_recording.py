"""Recording a call: only with consent, both sides apart, and gone at a word."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.voice.call_scene import HUSH, TONE, Ear, Line, Scene, call, until, words
from tests.voice.far_side import Book
from voice.call import phrases
from voice.call.consent import Recordings
from voice.call.recording import RecordedLine, Tape
from voice.call.session import Operations


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


LOUD = (0.5 * np.sin(2 * np.pi * 900 * np.arange(320) / 16_000)).astype(np.float32)


def scene(folder: Path, mode: str, *heard: str) -> Scene:
    return Scene(
        ear=Ear([*map(words, heard)]),
        operations=Operations(keep=Book(), recordings=Recordings(folder=folder, mode=mode, decide_s=0.5)),  # type: ignore[arg-type]
    )


def last(scene: Scene) -> dict[str, object]:
    assert isinstance(scene.operations.keep, Book)
    return scene.operations.keep.last


async def test_an_announced_recording_has_the_caller_on_the_left_and_the_clerk_on_the_right(tmp_path: Path) -> None:
    house = scene(tmp_path, "announce", "where is my order")
    async with call(house) as line:
        await line.heard(2)
        for sound in [LOUD] * 50 + [HUSH] * 45:  # a line brings a frame each 20 ms
            line._frames.put_nowait(sound)
            await asyncio.sleep(0.02)
        await line.heard(3)
        await asyncio.sleep(0.3)
    assert house.said[:2] == [phrases.RECORDED["en"], phrases.GREETING["en"]]
    (file,) = files(tmp_path)
    assert (file.name, last(house)["consent"]) == (last(house)["recording"], "announced")
    assert len(str(last(house)["recording_sha256"])) == 64
    sound, rate = soundfile.read(file)
    assert (rate, sound.shape[1]) == (16_000, 2)
    caller, clerk = np.abs(sound[:, 0]), np.abs(sound[:, 1])
    assert caller.max() > 0.1 and clerk.max() > 0.1
    loud = caller > 0.1
    assert clerk[loud].mean() < 0.05  # what one said is not on the other's side
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("key", "consent"), [("1", "agreed"), ("2", "refused"), ("", "refused")])
async def test_asked_for_it_is_made_only_after_a_yes(tmp_path: Path, key: str, consent: str) -> None:
    house = scene(tmp_path, "ask")
    async with call(house) as line:
        await line.heard(1)
        line.press(key)
        await until(lambda: phrases.GREETING["en"] in house.said)
        await asyncio.sleep(0.7)
    assert (last(house)["consent"], bool(last(house)["recording"])) == (consent, consent == "agreed")
    assert len(files(tmp_path)) == (consent == "agreed")


async def test_a_spoken_no_is_heard(tmp_path: Path) -> None:
    house = scene(tmp_path, "ask", "no thanks")
    async with call(house) as line:
        await line.heard(1)
        line.speak()
        await until(lambda: phrases.GREETING["en"] in house.said)
    assert last(house)["consent"] == "refused"
    assert not house.clerk.messages


@pytest.mark.parametrize("wish", ["please don't record this call", "不要录音", "stop recording me", "我不想被录音"])
async def test_a_word_stops_it_at_once_and_deletes_it(tmp_path: Path, wish: str) -> None:
    house = scene(tmp_path, "announce", wish)
    async with call(house) as line:
        await line.heard(2)
        await asyncio.sleep(0.7)
        assert files(tmp_path)
        line.speak()
        await until(lambda: phrases.NOT_RECORDED["en"] in house.said)
        assert not files(tmp_path)
    assert not house.clerk.messages
    assert (last(house)["consent"], last(house)["recording"], last(house)["recording_sha256"]) == ("withdrawn", "", "")
    assert not files(tmp_path)


@pytest.mark.parametrize(("said", "consent"), [("不要录音", "refused"), ("喂你好", "announced")])
async def test_who_objects_during_the_announcement_is_not_recorded(tmp_path: Path, said: str, consent: str) -> None:
    house = scene(tmp_path, "announce", said)
    house.voice.frames = 40
    async with call(house) as line:
        await until(lambda: phrases.RECORDED["en"] in house.said)
        line.speak()
        await until(lambda: phrases.GREETING["en"] in house.said)
    assert (last(house)["consent"], last(house)["recording"] != "") == (consent, consent == "announced")
    assert (phrases.WITHOUT_RECORDING["en"] in house.said) == (consent == "refused")
    assert len(files(tmp_path)) == (consent == "announced")


async def test_a_crash_leaves_what_was_said_until_then_readable(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "call.ogg")
    writing = asyncio.create_task(tape.run())
    for _ in range(500):  # 10 s
        tape.hear(LOUD)
        tape.say(HUSH)
    await until(lambda: tape._blocks.empty())
    await asyncio.sleep(0.1)
    crashed = tmp_path / "crashed.ogg"
    crashed.write_bytes(tape.file.read_bytes())  # as it lies on the disk, never closed
    sound, rate = soundfile.read(crashed)
    assert len(sound) / rate >= 8.0
    tape.close()
    assert await writing
    assert len(soundfile.read(tape.file)[0]) / rate == pytest.approx(10.0, abs=0.1)


async def test_nothing_is_recorded_around_keys(tmp_path: Path) -> None:
    line, tape = Line(), Tape(tmp_path / "call.ogg")
    recorded = RecordedLine(line, tape)
    writing = asyncio.create_task(tape.run())
    line.press("4")
    for count in range(400):
        if count == 100:
            async for key in recorded.dtmf():
                assert key == "4"
                break
        tape.hear(LOUD)
        await recorded.send(TONE)
    tape.close()
    await writing
    sound, _ = soundfile.read(tape.file)
    frames = np.abs(sound[: 400 * 320, 0]).reshape(-1, 320).max(axis=1)
    assert frames[110:290].max() < 0.05
    assert frames[20:70].min() > 0.2 and frames[320:390].min() > 0.2
    assert len(line.sent) == 400


async def test_a_disk_that_fails_ends_the_recording_and_not_the_call(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file where the folder should be")
    house = scene(tmp_path / "recordings", "announce", "where is my order")
    async with call(house) as line:
        await line.heard(2)
        line.speak()
        await line.heard(3)
    assert "Noted." in house.said
    assert last(house)["recording_sha256"] == ""


async def test_what_cannot_be_announced_is_not_recorded_and_the_call_goes_on(tmp_path: Path) -> None:
    house = scene(tmp_path, "announce")
    house.voice.mute = frozenset({phrases.RECORDED["en"]})
    async with call(house) as line:
        await line.heard(1)
        await until(lambda: phrases.GREETING["en"] in house.said)
        await asyncio.sleep(0.7)
    assert (last(house)["consent"], files(tmp_path)) == ("", [])


async def test_who_hangs_up_during_the_announcement_ends_the_call(tmp_path: Path) -> None:
    house = scene(tmp_path, "ask")
    async with call(house):
        pass
    assert last(house)["ended"] == "the caller hung up"
    assert not house.clerk.messages and not files(tmp_path)
