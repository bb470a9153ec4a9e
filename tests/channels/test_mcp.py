"""The clerk as tools, called by the protocol's own client over standard input and output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="mcp comes with the extra mcp")
pytestmark = [pytest.mark.models, pytest.mark.peer, pytest.mark.timeout(180)]


class Assistant:
    """Somebody else's assistant."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.talk = ""

    async def call(self, tool: str, **arguments: str) -> Any:
        result = await self.session.call_tool(tool, arguments)
        text = result.content[0].text if result.content else ""
        if result.is_error:
            raise RuntimeError(text)
        return result.structured_content if result.structured_content is not None else json.loads(text)

    async def say(self, message: str) -> dict[str, Any]:
        said: dict[str, Any] = await self.call("talk_to_clerk", message=message, conversation_id=self.talk)
        self.talk = said["conversation_id"]
        return said


@asynccontextmanager
async def connected(tmp_path: Path) -> AsyncIterator[Assistant]:
    """Start the server as an assistant does; the client must be left in the task that entered it."""
    parameters = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "ui.cli", "mcp"],
        env={**os.environ, "ZHANGGUI_DATA_DIR": str(tmp_path / "data")},
    )
    async with mcp.stdio_client(parameters) as streams, mcp.ClientSession(*streams) as session:
        await session.initialize()
        yield Assistant(session)


async def test_an_assistant_settles_business_and_the_guards_hold(tmp_path: Path) -> None:
    async with connected(tmp_path) as assistant:
        await settles(assistant)


async def settles(assistant: Assistant) -> None:
    tools = {tool.name for tool in (await assistant.session.list_tools()).tools}
    assert tools == {"talk_to_clerk", "search_shop"}

    said = await assistant.say("我的订单什么时候到？")
    assert "邮箱" in said["reply"] and said["done"] == []
    said = await assistant.say("chen.jing@example.com")
    assert "W39127" in said["reply"]

    said = await assistant.say("取消 W3912702，下错单了")
    assert "W3912702" in said["reply"] and said["choices"] and said["done"] == []
    said = await assistant.say("确认")
    assert said["done"] == ["cancel_pending_order"]

    found = await assistant.call("search_shop", question="how long can I return something?")
    found = found.get("result", found) if isinstance(found, dict) else found
    assert any(one["source"].startswith("page:") for one in found) and "chen.jing" not in json.dumps(found)

    for wrong in ({"message": " "}, {"message": "hi", "conversation_id": "mcp:00000000000000000000000000000000"}):
        with pytest.raises(RuntimeError, match="empty|unknown"):
            await assistant.call("talk_to_clerk", **wrong)
