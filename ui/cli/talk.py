"""`zhanggui ask` and `zhanggui chat`: the clerk in a terminal."""

from __future__ import annotations

import asyncio
import io
import mimetypes
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.cli.output import AsJson, looking, settings, show, start_logging

if TYPE_CHECKING:
    from core.config import Settings
    from core.engine import Engine
    from core.ports import BlobStore
    from core.types import Reply, Turn
    from ui.terminal import Terminal

Image = Annotated[
    list[Path] | None,
    typer.Option("--image", metavar="FILE", exists=True, dir_okay=False, help="A photo; several may be given."),
]
Audio = Annotated[
    Path | None, typer.Option("--audio", metavar="FILE", exists=True, dir_okay=False, help="A voice note.")
]
Video = Annotated[
    list[Path] | None,
    typer.Option("--video", metavar="FILE", exists=True, dir_okay=False, help="A video; several may be given."),
]
Speak = Annotated[Path | None, typer.Option("--speak", metavar="OUT.wav", help="Write the spoken reply here.")]
Pack = Annotated[
    str | None, typer.Option("--pack", metavar="NAME|DIR", help="The business, in place of the configured one.")
]
Conversation = Annotated[str | None, typer.Option("--conversation", metavar="ID", help="Go on with this conversation.")]
Locale = Annotated[
    Literal["zh", "en"] | None,
    typer.Option("--locale", metavar="zh|en", help="What you read, where the words do not tell."),
]


def ask(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What to say; '' with a photo, a video or a voice note.")] = "",
    image: Image = None,
    audio: Audio = None,
    video: Video = None,
    speak: Speak = None,
    conversation: Conversation = None,
    locale: Locale = None,
    pack: Pack = None,
    as_json: AsJson = False,
) -> None:
    """Say one thing to the clerk and print the answer (of the demo shop when none was imported)."""
    if not (text.strip() or image or audio or video):
        raise typer.BadParameter("say something: words, --image, --video or --audio", param_hint="TEXT")
    if speak is not None and not speak.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {speak.absolute().parent}", param_hint="--speak")
    config = settings(context, pack=pack)
    start_logging(config.log.level, beside_talk=True)
    files = _Files(images=tuple(image or ()), audio=audio, videos=tuple(video or ()))
    turn = asyncio.run(_ask(config, text, files, speak, conversation, locale, as_json))
    if turn.outcome == "failed":
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    images: tuple[Path, ...]
    audio: Path | None
    videos: tuple[Path, ...]

    @property
    def speak(self) -> bool:
        """Whether there may be something to hear."""
        return self.audio is not None or any(_is_video(file) for file in self.images) or bool(self.videos)

    @property
    def show(self) -> bool:
        """Whether there is something to see."""
        return bool(self.images or self.videos)


def _is_video(file: Path) -> bool:
    return (mimetypes.guess_type(file.name)[0] or "").startswith("video/")


async def _ask(
    config: Settings,
    text: str,
    files: _Files,
    speak: Path | None,
    conversation: str | None,
    locale: str | None,
    as_json: bool,
) -> Turn:
    from core.wire import turn_as_json
    from ui.app import Needs, assemble

    needs = Needs(hearing=files.speak, seeing=files.show, speaking=speak is not None)
    async with assemble(config, needs=needs, progress=looking()) as app:
        terminal = _terminal(app.engine, conversation, locale)
        attachments = await terminal.attach(images=files.images, audio=files.audio, videos=files.videos)
        if app.finder:
            with suppress(Exception):  # the clerk answers all the same, and says that it cannot see
                await app.finder.ready()
        turn = await terminal.say(text, attachments=attachments, wants_speech=speak is not None)
        blobs = app.engine.blobs
        if speak is not None:
            await _write_speech(turn, blobs, speak)
        shown = turn_as_json(turn, lambda sha256: blobs.path(sha256).as_uri())
        show(shown, _as_text(turn), as_json=as_json)
        return turn


def chat(context: typer.Context, conversation: Conversation = None, locale: Locale = None, pack: Pack = None) -> None:
    """Talk with the clerk; /image FILE, /video FILE and /audio FILE send files, /quit ends."""
    config = settings(context, pack=pack)
    start_logging(config.log.level, beside_talk=True)
    with suppress(KeyboardInterrupt):
        asyncio.run(_chat(config, conversation, locale))


async def _chat(config: Settings, conversation: str | None, locale: str | None) -> None:
    from ui.app import Needs, assemble

    async with assemble(config, needs=Needs(speaking=False), progress=looking()) as app:
        terminal = _terminal(app.engine, conversation, locale)
        warming = asyncio.create_task(app.warm())
        typed = _typed_lines()
        typer.echo("掌柜在此，请讲。 Zhanggui is listening.  (/image FILE, /video FILE, /audio FILE, /quit)")
        while True:
            typer.echo("> ", nl=False)
            line = await typed.get()
            if not line or line.strip() == "/quit":
                break
            if line.strip():
                typer.echo(await _exchange(terminal, line.strip()))
        warming.cancel()


def _typed_lines() -> asyncio.Queue[str]:
    """Return the lines of standard input as they come, "" at its end.

    The thread that reads is left behind when the chat ends: nothing can wake a read from a terminal, and
    waiting for it would let Ctrl-C hang until the next Enter.
    """
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    source = io.FileIO(sys.stdin.fileno(), closefd=False)  # unbuffered: a buffer's lock would stop Python's exit

    def read() -> None:
        with suppress(RuntimeError):  # the loop is closed: the chat has ended
            for line in iter(source.readline, b""):
                loop.call_soon_threadsafe(lines.put_nowait, line.decode("utf-8", "replace"))
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return lines


async def _exchange(terminal: Terminal, line: str) -> str:
    from core.errors import ZhangguiError

    command, _, rest = line.partition(" ")
    name, _, caption = rest.strip().partition(" ")
    file = _home(name)
    try:
        if command == "/image":
            return _as_text(await terminal.say(caption, images=(file,)))
        if command == "/video":
            return _as_text(await terminal.say(caption, videos=(file,)))
        if command == "/audio":
            return _as_text(await terminal.say(caption, audio=file))
        return _as_text(await terminal.say(line))
    except (ZhangguiError, OSError) as error:
        return f"! {error}"


def _home(name: str) -> Path:
    return Path(name).expanduser()


def _terminal(engine: Engine, conversation: str | None, locale: str | None) -> Terminal:
    from ui.terminal import Terminal

    if conversation:
        return Terminal(engine=engine, conversation_id=conversation, locale=locale)
    return Terminal(engine=engine, locale=locale)


async def _write_speech(turn: Turn, blobs: BlobStore, target: Path) -> None:
    from core.types import SpeechPart

    recordings = [part for reply in turn.replies for part in reply.parts if isinstance(part, SpeechPart)]
    if not recordings:
        typer.echo(
            "there is no spoken reply: no voice speaks this language (see zhanggui doctor), or it took too long",
            err=True,
        )
        return
    await asyncio.to_thread(target.write_bytes, await blobs.get(recordings[0].attachment.sha256))


def _as_text(turn: Turn) -> str:
    return "\n\n".join(_reply_text(reply) for reply in turn.replies)


def _reply_text(reply: Reply) -> str:
    from core.types import ButtonsPart, CardPart

    lines = [reply.text] if reply.text else []
    for part in reply.parts:
        if isinstance(part, CardPart):
            lines.append(f"  [{part.title}] {part.subtitle}".rstrip())
            lines += [f"    {label}: {value}" for label, value in part.fields]
        elif isinstance(part, ButtonsPart):
            lines.append("  " + "  ".join(f"({button.label})" for button in part.buttons))
    return "\n".join(lines)
