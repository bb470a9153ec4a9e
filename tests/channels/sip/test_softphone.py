"""baresip, a softphone: it calls the clerk, is called, and is put through."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from channels.phone.codec import Resampler, to_float
from core.call_ports import MediaTransport
from core.config import Backends
from core.ports import SpeechRecognizer
from core.registry import build
from tests.channels.doors import nobody, parrot
from tests.channels.sip.peers import FRAME, TONE, baresip, door, needs
from tests.voice.call_scene import Scene
from voice.call.conversation import Manners
from voice.call.phrases import GREETING
from voice.speaker import build_speaker

pytestmark = [needs("baresip"), pytest.mark.peer]
TALK = np.resize(TONE, 8_000 * 30)


async def test_a_softphone_calls_and_both_hear_each_other(tmp_path: Path) -> None:
    loudest: list[float] = []
    lines: list[MediaTransport] = []

    async def on_call(line: MediaTransport) -> None:
        lines.append(line)
        async for frame in line.frames_in():
            loudest.append(float(np.abs(frame).max()))
            await line.send(FRAME)

    async with door(on_call) as opened, baresip(tmp_path / "phone", TALK) as phone:
        await phone.command("dial", opened.address)
        await phone.tells("Call established")
        async with asyncio.timeout(30):
            while lines == [] or lines[0].quality().round_trip_ms == 0:  # noqa: ASYNC110 - it tells every five seconds
                await asyncio.sleep(0.1)
        await phone.command("hangup")
        await phone.tells("terminated")
    quality = lines[0].quality()
    assert lines[0].caller == "alice"
    assert quality.lost == 0 and quality.received >= len(loudest) - 20
    assert 0 < quality.round_trip_ms < 1_000
    assert np.median(loudest) == pytest.approx(8_000 / 32_768, rel=0.05)
    assert np.median(np.abs(phone.heard[800:])) > 3_000


@pytest.mark.parametrize(("password", "told"), [("secret", "Call established"), ("guess", "403 Forbidden")])
async def test_a_softphone_proves_itself(tmp_path: Path, password: str, told: str) -> None:
    settings = {"sip_user": "shop", "sip_password": "secret"}
    account = f"regint=0;auth_user=shop;auth_pass={password}"
    async with door(parrot, **settings) as opened, baresip(tmp_path / "phone", TALK, account=account) as phone:
        await phone.command("dial", opened.address)
        await phone.tells(told)


async def test_a_softphone_is_called_and_put_through_to_somebody_who_answers(tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def somebody(line: MediaTransport) -> None:
        reached.set()
        await parrot(line)

    account = "regint=0;answermode=auto"
    async with (
        door(nobody) as opened,
        door(somebody) as person,
        baresip(tmp_path / "phone", TALK, account=account) as phone,
    ):
        line = await opened.dial(f"sip:alice@127.0.0.1:{phone.port}", ring_s=20)
        frames = line.frames_in()
        heard = [float(np.abs(await anext(frames)).max()) for _ in range(50)]
        assert max(heard) > 0.2
        assert await line.transfer(person.address)
        assert reached.is_set()
        await line.hang_up()
        await phone.tells("terminated")


async def test_put_through_to_nobody_the_caller_stays(tmp_path: Path) -> None:
    account = "regint=0;answermode=auto"
    async with (
        door(nobody) as opened,
        door(nobody, max_lines=0) as busy,
        baresip(tmp_path / "phone", TALK, account=account) as phone,
    ):
        line = await opened.dial(f"sip:alice@127.0.0.1:{phone.port}", ring_s=20)
        assert not await line.transfer(busy.address)
        frames = line.frames_in()
        heard = [float(np.abs(await anext(frames)).max()) for _ in range(50)]
        assert max(heard) > 0.2
        await line.hang_up()


@pytest.fixture(scope="module")
def ear(models: Path) -> SpeechRecognizer:
    return build("asr", Backends().asr, models)


@pytest.mark.models
@pytest.mark.timeout(300)
async def test_a_softphone_hears_the_greeting_with_the_real_voice(
    tmp_path: Path, models: Path, ear: SpeechRecognizer
) -> None:
    scene = Scene(voice=build_speaker(Backends(), models), manners=Manners(silence_s=60))  # type: ignore[arg-type]
    session = scene.session()
    await session.prepare()
    async with door(session.hold) as opened, baresip(tmp_path / "phone", np.zeros(8_000 * 60)) as phone:
        await phone.command("dial", opened.address)
        await phone.tells("Call established")
        await asyncio.sleep(8)
        await phone.command("hangup")
        await phone.tells("terminated")
    wide = Resampler(8_000, 16_000)(to_float(phone.heard))
    words = (await ear.transcribe(wide, language="en")).text.lower()
    wanted = [word.strip(",.?!'").lower() for word in GREETING["en"].split() if len(word) > 4]
    assert sum(word in words for word in wanted) >= 0.6 * len(wanted), words
