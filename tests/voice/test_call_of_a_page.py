"""A call from a page belongs to the page's conversation."""

from __future__ import annotations

from tests.voice.call_scene import Clerk, Ear, Line, Scene, call, until, words


class PageLine(Line):
    conversation_id = "web-conversation"


async def test_what_is_said_in_a_call_from_a_page_is_said_in_its_conversation() -> None:
    scene = Scene(clerk=Clerk(), ear=Ear([words("hello"), words("where is it")]))
    async with call(scene, PageLine()) as line:
        for sentences in (1, 2):
            await line.heard(sentences)
            line.speak()
        await until(lambda: len(scene.clerk.messages) == 2)
    first, second = scene.clerk.messages
    assert first.conversation_id == second.conversation_id == "web-conversation"
    assert first.external_id != second.external_id
