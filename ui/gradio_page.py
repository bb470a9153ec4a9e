"""The demonstration page: a chat with text, voice and photos, and what goes on behind it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from gradio.themes.utils.colors import Color
from gradio.themes.utils.fonts import Font

from channels.web.pages import STATIC
from ui.gradio_api import RefusedError, ShopApi, reach
from ui.gradio_panels import buttons, cards, panels, spoken
from ui.gradio_words import WORDS, Words

_CSS = Path(__file__).with_suffix(".css")
_HEIGHT = 460
"""Of the conversation, in pixels; with the question below it fits a laptop's screen."""
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
_SEAL = Color(
    c50="#fdf4f1",
    c100="#fae6e0",
    c200="#f3c9be",
    c300="#e8a293",
    c400="#d87461",
    c500="#a83225",
    c600="#a83225",
    c700="#8c291e",
    c800="#6f2118",
    c900="#531912",
    c950="#330e0a",
    name="seal",
)
"""The red of the widget."""
_TITLE = '<div id="zg-title"><img src="/shop/seal.svg" alt=""><h1>掌柜 Zhanggui</h1></div>'
_LANGUAGES = [("中文", "zh"), ("English", "en")]

Session = dict[str, Any]
"""One visitor: `conversation` (id and token, or None), `chat` (messages shown), `turn` (the last one)."""


async def serve(api_url: str, host: str, port: int) -> None:
    """Serve the page for the API at `api_url` until cancelled; raises `OSError` when the port is taken."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise OSError(error.errno, f"cannot listen on {host}:{port} ({reason}); set gradio.port") from error
    await serve_on(listener, api_url)


async def serve_on(listener: socket.socket, api_url: str) -> None:
    """Serve the page on a socket that already listens, until cancelled."""
    async with reach(api_url) as client:
        app = page_app(ShopApi(client))
        server = _Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """A server that leaves the signals to whoever owns the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def page_app(api: ShopApi) -> FastAPI:
    """Return the page as an application; pictures and recordings are passed on from the API under /shop."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio asks at every step; no call leaves this machine
    app = FastAPI(openapi_url=None)

    @app.get("/shop/seal.svg")
    async def seal() -> FileResponse:
        return FileResponse(STATIC / "seal.svg", media_type="image/svg+xml")

    @app.get("/shop/v1/{path:path}")
    async def passed_on(path: str, sig: str = "") -> Response:
        if not path.startswith(("media/", "products/")):
            return Response(status_code=404)
        found = await api.fetch(str(httpx.URL(f"/v1/{path}", params={"sig": sig} if sig else {})))
        return Response(found.content, found.status_code, media_type=found.headers.get("content-type"))

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        _blocks(api),
        path="",
        ssr_mode=False,
        css=_CSS.read_text(encoding="utf-8"),
        theme=_theme(),
        footer_links=[],
        max_file_size="30mb",
    )
    return mounted


def _theme() -> gr.themes.Base:
    fonts = [Font(name) for name in _FONTS]  # of the reader's own system: nothing is fetched
    return gr.themes.Soft(
        primary_hue=_SEAL,
        neutral_hue="stone",
        radius_size="lg",
        font=fonts,
        font_mono=[Font("ui-monospace"), Font("monospace")],
    )


def _blocks(api: ShopApi) -> gr.Blocks:
    words = WORDS["zh"]
    page: gr.Blocks
    with gr.Blocks(title="掌柜 Zhanggui", analytics_enabled=False, fill_width=True) as page:
        session = gr.State(_new_session)
        with gr.Row(equal_height=True):
            gr.HTML(_TITLE)
            language = gr.Radio(_LANGUAGES, value="zh", show_label=False, container=False, scale=0, min_width=190)
        with gr.Row():
            with gr.Column(scale=3):
                chat = gr.Chatbot(
                    height=_HEIGHT,
                    show_label=False,
                    render_markdown=False,
                    feedback_options=None,
                    buttons=[],
                    placeholder=words.lead,
                    elem_id="zg-chat",
                )
                ask = gr.MultimodalTextbox(
                    placeholder=words.ask,
                    show_label=False,
                    file_count="multiple",
                    file_types=["image", "video", "audio"],
                    sources=["upload", "microphone"],
                    max_plain_text_length=100_000,
                )
                with gr.Row():
                    examples = [gr.Button(text, size="sm", min_width=120) for text in words.examples]
                with gr.Row(equal_height=True):
                    speak = gr.Checkbox(label=words.speak, container=False)
                    again = gr.Button(words.new, size="sm", scale=0, min_width=140)
                voice = gr.HTML(visible=False)
            with gr.Column(scale=2):
                beside = gr.HTML(panels(None, words), padding=False)
                with gr.Accordion(words.raw, open=False) as raw_box:
                    raw = gr.JSON(show_label=False)

        shown = [chat, ask, beside, raw, voice, session]

        async def answer(asked: dict[str, Any], language: str, speak: bool, kept: Session) -> AsyncIterator[Any]:
            async for state in _turn(api, asked, language, speak, kept):
                yield state

        async def pressed(pick: gr.SelectData, language: str, speak: bool, kept: Session) -> AsyncIterator[Any]:
            async for state in _turn(api, _as_question(pick.value), language, speak, kept):
                yield state

        chat.option_select(pressed, [language, speak, session], shown, show_progress="hidden", api_visibility="private")
        ask.submit(answer, [ask, language, speak, session], shown, show_progress="hidden", api_visibility="private")
        for button in examples:
            button.click(_as_question, button, ask, api_visibility="private").then(
                answer, [ask, language, speak, session], shown, show_progress="hidden", api_visibility="private"
            )
        again.click(_begin_again, language, shown, api_visibility="private")
        language.change(
            _in_language,
            [language, session],
            [chat, ask, speak, again, beside, raw_box, *examples],
            api_visibility="private",
        )
    return page


def _new_session() -> Session:
    return {"conversation": None, "chat": [], "turn": None}


def _as_question(text: str) -> dict[str, Any]:
    return {"text": text, "files": []}


async def _turn(
    api: ShopApi, asked: dict[str, Any], language: str, speak: bool, kept: Session
) -> AsyncIterator[tuple[Any, ...]]:
    """Yield the page with the question at once, then with the answer."""
    words = WORDS[language]
    text = (asked.get("text") or "").strip()
    files = [Path(file) for file in asked.get("files") or []]
    chat = kept["chat"] = [*_without_choices(kept["chat"]), *_said(_label(kept["chat"], text), files)]
    waiting = gr.MultimodalTextbox(value=None, interactive=False)
    yield chat, waiting, gr.skip(), gr.skip(), gr.skip(), kept
    turn: dict[str, Any] | None = None
    try:
        kept["conversation"] = kept["conversation"] or await api.open(language)
        turn = await api.say(kept["conversation"], text, files, speak=speak, locale=language)
        chat = [*chat, *_replied(turn, words)]
    except RefusedError as refusal:
        why = words.refusals.get(refusal.code, str(refusal))
        chat = [*chat, {"role": "assistant", "content": f"{words.refused}: {why}"}]
    except httpx.HTTPError as error:
        chat = [*chat, {"role": "assistant", "content": f"{words.unreachable} ({type(error).__name__})"}]
    kept["chat"], kept["turn"] = chat, turn or kept["turn"]
    ready = gr.MultimodalTextbox(value=None, interactive=True)
    yield chat, ready, panels(kept["turn"], words), kept["turn"], _voice(turn, words), kept


def _said(text: str, files: list[Path]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [{"role": "user", "content": {"path": str(file)}} for file in files]
    return [*shown, {"role": "user", "content": text}] if text else shown


def _replied(turn: dict[str, Any], words: Words) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for reply in turn["replies"]:
        if reply["text"]:
            shown.append({"role": "assistant", "content": reply["text"]})
        beside = cards(reply, words)
        if beside:
            shown.append({"role": "assistant", "content": gr.HTML(beside)})
    choices = [button for reply in turn["replies"] for button in buttons(reply)]
    if choices and shown:
        shown[-1] = shown[-1] | {"options": choices}
    return shown


def _label(chat: list[dict[str, Any]], value: str) -> str:
    """Return what stood on the button that says `value`; `value` itself when it was typed."""
    choices = chat[-1].get("options", ()) if chat else ()
    return next((choice["label"] for choice in choices if choice["value"] == value), value)


def _without_choices(chat: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the chat with no button left to press: they belonged to the last answer."""
    return [{key: value for key, value in message.items() if key != "options"} for message in chat]


def _voice(turn: dict[str, Any] | None, words: Words) -> gr.HTML:
    addresses = [reply["audio_url"] for reply in (turn or {}).get("replies", []) if reply.get("audio_url")]
    return gr.HTML(spoken(addresses[-1], words) if addresses else "", visible=bool(addresses))


def _begin_again(language: str) -> tuple[Any, ...]:
    fresh = _new_session()
    nothing = gr.MultimodalTextbox(value=None, interactive=True)
    return [], nothing, panels(None, WORDS[language]), None, gr.HTML("", visible=False), fresh


def _in_language(language: str, kept: Session) -> tuple[Any, ...]:
    words = WORDS[language]
    return (
        gr.Chatbot(placeholder=words.lead),
        gr.MultimodalTextbox(placeholder=words.ask),
        gr.Checkbox(label=words.speak),
        gr.Button(words.new),
        panels(kept["turn"], words),
        gr.Accordion(label=words.raw),
        *[gr.Button(text) for text in words.examples],
    )
