"""`zhanggui serve` and `zhanggui demo`: the clerk at work."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import looking, settings

if TYPE_CHECKING:
    from core.config import Settings

Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Of the web channel; 0 takes a free one.")]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")]


def serve(context: typer.Context, port: Port = None, host: Host = None) -> None:
    """Run the clerk on all configured channels until Ctrl-C."""
    _run(context, port, host, gradio=None)


def demo(context: typer.Context, port: Port = None, host: Host = None) -> None:
    """Run the clerk with its demo shop: the web page with the widget, and the Gradio page."""
    _run(context, port, host, gradio=True)


def _run(context: typer.Context, port: int | None, host: str | None, *, gradio: bool | None) -> None:
    config = settings(context)
    web = {key: value for key, value in (("port", port), ("host", host)) if value is not None}
    changes: dict[str, Any] = {"web": config.web.model_copy(update=web)}
    if gradio is not None:
        changes["gradio"] = config.gradio.model_copy(update={"enabled": gradio})
    config = config.model_copy(update=changes)
    logging.basicConfig(level=config.log.level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("httpx", "faster_whisper", "telegram", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)  # they log addresses with tokens in them
    try:
        asyncio.run(_serve(config))
    except BaseExceptionGroup as several:  # channels run side by side; the first to fail ended the others
        raise _first(several) from several


async def _serve(config: Settings) -> None:
    from ui.app import assemble
    from ui.house import serve as serve_house

    loop, here = asyncio.get_running_loop(), asyncio.current_task()
    if here is not None:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, here.cancel)
    try:
        async with assemble(config, progress=looking) as app:
            if app.resumed:
                typer.echo(f"taking up {app.resumed} message(s) of the last run", err=True)
            await serve_house(app, _announce)
    except asyncio.CancelledError:
        typer.echo("closed; everything accepted is in the record", err=True)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _announce(name: str, where: str) -> None:
    typer.echo(f"{name:9} {where}")
