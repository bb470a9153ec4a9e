"""`zhanggui serve` and `zhanggui demo`: the clerk at work."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import BusyError, ConfigError
from ui.cli.output import Profile, looking, settings, start_logging

if TYPE_CHECKING:
    from core.config import Settings

Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Of the web channel; 0 takes a free one.")]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")]


def serve(context: typer.Context, port: Port = None, host: Host = None, profile: Profile = "cpu") -> None:
    """Run the clerk on all configured channels until Ctrl-C."""
    _run(settings(context, profile=profile), port, host, gradio=None)


def demo(context: typer.Context, port: Port = None, host: Host = None, profile: Profile = "cpu") -> None:
    """Run the clerk as a demo: the page with the widget, the Gradio page (gradio.port), and a SIP address."""
    _run(settings(context, profile=profile), port, host, gradio=True)


def _run(config: Settings, port: int | None, host: str | None, *, gradio: bool | None) -> None:
    web = {key: value for key, value in (("port", port), ("host", host)) if value is not None}
    changes: dict[str, Any] = {"web": config.web.model_copy(update=web)}
    if gradio is not None:
        changes["gradio"] = config.gradio.model_copy(update={"enabled": gradio})
    config = config.model_copy(update=changes)
    start_logging(config.log.level)
    if config.serving.strict:
        from ui.placing import take_places  # it asks torch, which takes seconds to import

        take_places(config)
    try:
        with _alone(config.data_dir.expanduser()):
            asyncio.run(_serve(config, is_demo=gradio is not None))
    except BaseExceptionGroup as several:  # channels run side by side; the first to fail ended the others
        raise _first(several) from several


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Keep the data folder to this process: two would answer and deliver the same messages."""
    from filelock import FileLock, Timeout

    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"data_dir = {data} cannot be made ({error.strerror}): set ZHANGGUI_DATA_DIR to a folder of yours"
        ) from error
    lock = FileLock(data / "serving.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(
            f"another zhanggui serves {data} already: stop it, or set ZHANGGUI_DATA_DIR to another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()


async def _serve(config: Settings, *, is_demo: bool) -> None:
    from ui.app import assemble
    from ui.house import serve as serve_house

    loop, here = asyncio.get_running_loop(), asyncio.current_task()
    if here is not None:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, here.cancel)
    try:
        async with assemble(config, progress=looking(), resume=True) as app:
            if app.resumed:
                typer.echo(f"taking up {app.resumed} message(s) of the last run", err=True)
            await serve_house(app, _announce, is_demo=is_demo)
    except asyncio.CancelledError:
        typer.echo("closed; everything accepted is in the record", err=True)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _announce(name: str, where: str) -> None:
    typer.echo(f"{name:9} {where}")
