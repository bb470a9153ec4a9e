"""One call's faults are its own, whichever side of the line they come from."""

from __future__ import annotations

import asyncio

import pytest

from channels.phone.hold import hold
from channels.phone.inlet import Inlet
from core.call_ports import MediaTransport


class Line:
    """A line of which a part breaks."""

    call_id = "c1"

    def __init__(self, *, breaks: str) -> None:
        self.breaks = breaks
        self.closed = asyncio.Event()

    async def pump(self) -> None:
        if self.breaks == "pump":
            self.closed.set()
            raise RuntimeError("a packet that no parser knows")
        await self.closed.wait()

    async def hang_up(self) -> None:
        self.closed.set()
        if self.breaks == "hang_up":
            raise RuntimeError("the socket is gone")


@pytest.mark.parametrize("breaks", ["pump", "hang_up"])
async def test_a_line_that_breaks_ends_its_own_call_and_no_other(breaks: str, caplog: pytest.LogCaptureFixture) -> None:
    line, ended = Line(breaks=breaks), asyncio.Event()

    async def on_call(_line: MediaTransport) -> None:
        if breaks == "pump":
            await line.closed.wait()  # as every line closes its sound when it breaks
        ended.set()

    async with asyncio.timeout(5):
        await hold(line, on_call)  # type: ignore[arg-type]  # what `hold` needs of a line
    assert ended.is_set()
    assert line.closed.is_set()
    assert "call c1" in caplog.text


async def test_what_is_no_key_is_told_once_in_a_call_and_keys_go_on(caplog: pytest.LogCaptureFixture) -> None:
    inlet = Inlet()
    for sent in ("not a key", "", "é", "55", "5", "x"):
        inlet.press(sent)
    inlet.close()
    assert [key async for key in inlet.keys()] == ["5"]
    assert len(caplog.records) == 1
