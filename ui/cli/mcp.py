"""`zhanggui mcp`: the clerk as tools for other assistants."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import BackendError
from ui.cli.output import settings, start_logging

if TYPE_CHECKING:
    from channels.mcp.server import Passage
    from core.config import Settings
    from core.knowledge.facts import Facts

_PASSAGES = 5
_ENOUGH = 0.3
"""Score below which a passage is no answer to anything."""


def mcp(
    context: typer.Context,
    http: Annotated[
        int | None,
        typer.Option("--http", min=1, max=65535, help="Serve HTTP at 127.0.0.1:PORT/mcp instead of this terminal."),
    ] = None,
) -> None:
    """Offer the clerk to other assistants over the Model Context Protocol (MCP), on standard input and output."""
    config = settings(context)
    start_logging(config.log.level, beside_talk=True)
    try:
        asyncio.run(_mcp(config, http))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise BackendError("`zhanggui mcp` needs the library 'mcp': pip install \"zhanggui[mcp]\"") from error


async def _mcp(config: Settings, http: int | None) -> None:
    from channels.mcp import make_server
    from ui.app import Needs, assemble

    async with assemble(config, needs=Needs(hearing=False, seeing=False, speaking=False)) as app:
        facts = app.dialogue.facts

        async def search(question: str) -> Sequence[Passage]:
            return await _passages(facts, question)

        server = make_server(app.engine, search)
        if http is None:
            await server.run_stdio_async()
        else:
            await server.run_streamable_http_async(host="127.0.0.1", port=http)


async def _passages(facts: Facts, question: str) -> list[Passage]:
    """Return what the shop's records say to a question, best first."""
    from channels.mcp.server import Passage
    from core.knowledge.chunks import citation_of
    from core.shop.records import in_language
    from core.understand.language import detect

    await facts.refresh()
    language = detect(question) or "en"
    found = []
    for hit in await facts.search(question, k=_PASSAGES):
        kind, _, key = hit.passage.id.partition(":")
        if hit.score < _ENOUGH:
            continue
        if kind == "product" and (product := facts.product(key)):
            source = hit.passage.id
            title, text = in_language(product.names, language), in_language(product.descriptions, language)
        elif page := facts.pages.get(key):
            source = citation_of(page)
            title, text = in_language(page.titles, language), in_language(page.bodies, language)
        else:
            continue
        found.append(Passage(source=source, title=title, text=text))
    return found
