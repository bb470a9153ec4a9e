"""The far ends: sipp and baresip, which nobody here wrote, and a telephone made of single datagrams."""

from __future__ import annotations

import asyncio
import shutil
import socket
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from channels.phone.codec import encode_ulaw
from channels.phone.sip import SipDoor
from core.call_ports import MediaTransport
from core.config import Phone

OnCall = Callable[[MediaTransport], Awaitable[None]]
SCENARIOS = Path(__file__).parent / "scenarios"
TONE = (8_000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 8_000)).astype(np.int16)
FRAME = (0.25 * np.sin(2 * np.pi * 440 * np.arange(320) / 16_000)).astype(np.float32)


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed (see .ci/run)")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def door(on_call: OnCall, *, max_lines: int = 30, **settings: Any) -> AsyncIterator[SipDoor]:
    """Open a door; when it closes nothing is left running."""
    before = asyncio.all_tasks()
    opened = SipDoor(
        Phone.model_validate({"sip_port": 0, "rtp_first_port": 17_000, "rtp_last_port": 18_999} | settings),
        on_call=on_call,
        max_lines=max_lines,
    )
    running = asyncio.create_task(opened.run())
    async with asyncio.timeout(60):
        await opened.ready.wait()
        try:
            yield opened
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    assert asyncio.all_tasks() <= before


async def parrot(line: MediaTransport) -> None:
    async for frame in line.frames_in():
        await line.send(frame)


async def nobody(line: MediaTransport) -> None:
    raise AssertionError("no call was expected")


async def sipp(scenario: str, to: str, folder: Path, *options: str, **words: str) -> tuple[int, str]:
    """Run a scenario to its end; return the exit code (0: all calls went as written) and the errors."""
    text = (SCENARIOS / f"{scenario}.xml").read_text("utf-8")
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    file = folder / f"{scenario}.xml"
    file.write_text(text, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        "sipp", to, "-sf", str(file), "-i", "127.0.0.1", "-nostdin", "-trace_err", "-error_file", str(folder / "err"),
        *(("-p", str(free_port())) if "-p" not in options else ()), *("-timeout", "40s", "-timeout_error"), *options,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, cwd=folder,
    )  # fmt: skip
    try:
        _, told = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    errors = (folder / "err").read_text("utf-8") if (folder / "err").exists() else ""
    return process.returncode or 0, errors + told.decode()


def speech_file(folder: Path, seconds: float = 2.0) -> str:
    """Write µ-law bytes that sipp streams."""
    tone = np.resize(TONE, int(8_000 * seconds))
    path = folder / "tone.ulaw"
    path.write_bytes(encode_ulaw(tone))
    return str(path)


@dataclass
class Baresip:
    """A softphone without a screen; what it hears is written to a file."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process

    async def command(self, name: str, params: str = "") -> None:
        """Type a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"/{name} {params}".strip().encode() + b"\n")
        await self.process.stdin.drain()

    @property
    def heard(self) -> np.ndarray:
        """Return what it heard, 16 bits at 8 kHz."""
        files = sorted(self.folder.glob("dump-*-dec.wav"))
        if not files:
            return np.zeros(0, dtype=np.int16)
        return np.frombuffer(files[0].read_bytes()[44:], dtype="<i2")

    def told(self) -> str:
        return (self.folder / "log").read_text("utf-8", errors="replace")

    async def tells(self, words: str, within_s: float = 20) -> None:
        async with asyncio.timeout(within_s):
            while words not in self.told():  # noqa: ASYNC110 - another program; it tells by its log only
                await asyncio.sleep(0.05)


def _furnish(folder: Path, says: np.ndarray, account: str) -> int:
    """Write what a softphone reads when it starts, and return its port."""
    folder.mkdir(exist_ok=True)
    with wave.open(str(folder / "in.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(says.astype("<i2").tobytes())
    port = free_port()
    modules = next(path for path in Path("/usr/lib").rglob("baresip/modules") if path.is_dir())
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{port}\naudio_player aufile,{folder}/out.wav\naudio_source aufile,{folder}/in.wav\n"
        f"audio_alert aufile,{folder}/none.wav\nnet_interface 127.0.0.1\nrtp_ports 20000-21000\nsnd_path {folder}\n"
        f"module_path {modules}\nmodule stdio.so\nmodule g711.so\nmodule aufile.so\nmodule sndfile.so\n"
        "module_app account.so\nmodule_app menu.so\n"
    )
    (folder / "accounts").write_text(account)
    (folder / "contacts").write_text("")
    return port


@asynccontextmanager
async def baresip(
    folder: Path, says: np.ndarray, *, account: str = "regint=0", domain: str = "127.0.0.1"
) -> AsyncIterator[Baresip]:
    """Start a softphone on this machine that says 16-bit samples at 8 kHz in its calls."""
    port = _furnish(folder, says, f"<sip:alice@{domain}>;{account}\n")
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(folder), stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, cwd=folder
        )
        phone = Baresip(folder, port, process)
        try:
            await phone.tells("baresip is ready")
            yield phone
        finally:
            process.kill()
            await process.wait()
