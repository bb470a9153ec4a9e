"""The clerk as if it were a model: OpenAI's chat completions, for tools that speak nothing else.

https://platform.openai.com/docs/api-reference/chat. Behind it stands the same clerk with the same guards: system
messages and tools of the request change nothing, and who speaks proves who they are as in any other chat.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from channels.web.conversations import unauthorized
from channels.web.doors import has_key
from channels.web.house import CHANNEL, HOUSE, House
from channels.web.incoming import read_json
from channels.web.problems import ProblemError, of_media
from channels.web.threads import Said, digest
from channels.web.trace import trace_id
from core.errors import BusyError, MediaError
from core.types import Attachment, AttachmentKind, Message, Turn
from core.wording.plain import plain

_BODY_BYTES = 32 * 2**20
_KEY_CHARS = 100
MODEL = "zhanggui"


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""
    image_url: dict[str, Any] = {}


class _Spoken(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        """Return the words of the message."""
        if isinstance(self.content, str) or self.content is None:
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.type == "text")


class Completion(BaseModel):
    """A request for a completion; what is not listed here is ignored."""

    model_config = ConfigDict(extra="ignore")

    messages: list[_Spoken] = Field(min_length=1, max_length=1000)
    model: str = MODEL
    stream: bool = False
    stream_options: dict[str, Any] = {}
    user: str = Field(default="", max_length=200)
    """A name for this customer's talk; with it only the last message counts, and the talk outlives a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    message: Message
    talk: tuple[Said, ...]
    """All that the customer and the clerk have said, for finding the talk again."""
    stream: bool
    counts: bool


async def models(request: web.Request) -> web.StreamResponse:
    """GET /v1/models: list the one model there is."""
    _admit(request)
    return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": MODEL}]})


async def complete(request: web.Request) -> web.StreamResponse:
    """POST /v1/chat/completions: answer the last message of a talk, at once or streamed."""
    _admit(request)
    house = request.app[HOUSE]
    body = await read_json(request, Completion, _BODY_BYTES)
    asked = await _asked(request, house, body)
    try:
        if asked.stream:
            return await _streamed(request, house, asked)
        turn = await house.clerk.answer(asked.message)
    except BusyError as error:
        raise ProblemError(429, "busy", "Too many messages are waiting; try again in a moment.") from error
    text = _remembered(house, asked, turn)
    return web.json_response(
        {
            **_head(turn.id, "chat.completion"),
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": _usage(asked, text),
        }
    )


def _admit(request: web.Request) -> None:
    key = request.app[HOUSE].settings.api_key
    if not key.get_secret_value():
        raise ProblemError(403, "shut", "This door is shut; the shop opens it with ZHANGGUI_WEB__API_KEY.")
    if not has_key(request, key):
        raise unauthorized("Send the key of web.api_key: Authorization: Bearer KEY.")


async def _asked(request: web.Request, house: House, body: Completion) -> _Asked:
    last = body.messages[-1]
    if last.role != "user":
        raise ProblemError(400, "invalid_body", "/messages: the last message must be the user's.")
    talk = tuple((one.role, one.text) for one in body.messages if one.role in ("user", "assistant"))
    images = (
        [part.image_url for part in last.content if part.type == "image_url"] if isinstance(last.content, list) else []
    )
    attachments = [await _admitted(house, image) for image in images[: house.clerk.limits.attachments]]
    talk_id = digest(talk, *(attachment.sha256 for attachment in attachments))
    retried = request.headers.get("Idempotency-Key", "")[:_KEY_CHARS]
    if body.user:
        conversation_id, own_id = house.threads.named(body.user), retried or secrets.token_hex(16)
    else:
        conversation_id = (house.threads.claim(talk[:-1], talk_id) if len(talk) > 1 else None) or secrets.token_hex(16)
        own_id = talk_id
    if len(last.text) > house.clerk.limits.text_chars:
        raise ProblemError(413, "text_too_long", f"A message has {house.clerk.limits.text_chars} characters at most.")
    if not last.text.strip() and not attachments:
        raise ProblemError(400, "empty_message", "The last message is empty; send text or a photo.")
    if not await house.clerk.is_open(conversation_id):
        await house.clerk.open(conversation_id, channel=CHANNEL)
    message = Message(
        id=secrets.token_hex(16),
        channel=CHANNEL,
        external_id=f"{conversation_id}/{own_id}",
        conversation_id=conversation_id,
        sender_id=conversation_id,
        text=last.text,
        attachments=tuple(attachments),
        received_at=datetime.now(UTC),
        trace_id=trace_id(request),
    )
    return _Asked(message=message, talk=talk, stream=body.stream, counts=bool(body.stream_options.get("include_usage")))


async def _admitted(house: House, image: dict[str, Any]) -> Attachment:
    address = str(image.get("url", ""))
    head, comma, data = address.partition(",")
    if not (head.startswith("data:image/") and head.endswith(";base64") and comma):
        raise ProblemError(415, "unsupported", "Send pictures inline: data:image/jpeg;base64,...; none is fetched.")
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise ProblemError(400, "malformed_image", "The picture is no base64.") from error
    if len(raw) > house.clerk.limits.image_bytes:
        raise ProblemError(413, "too_large", "The picture is too large; send a smaller one.")
    try:
        return await house.clerk.media.admit(raw, kind=AttachmentKind.IMAGE)
    except MediaError as error:
        raise of_media(error) from error


async def _streamed(request: web.Request, house: House, asked: _Asked) -> web.StreamResponse:
    """Stream what is sure of the reply as it comes, then the rest; what was streamed is never taken back."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    answering = asyncio.create_task(house.clerk.answer(asked.message))
    try:
        await response.prepare(request)
        name, sent = asked.message.id, ""
        await _send(response, {**_chunk(name, {"role": "assistant", "content": ""})})
        async with aclosing(_words(house, asked.message, answering)) as heard:
            async for words in heard:
                if words.startswith(sent) and words != sent:
                    await _send(response, _chunk(name, {"content": words[len(sent) :]}))
                    sent = words
        try:
            text = _remembered(house, asked, await answering)
        except BusyError:
            text = "Too many messages are waiting; please try again in a moment."
        rest = text[len(sent) :] if text.startswith(sent) else f"\n\n{text}"
        if rest:
            await _send(response, _chunk(name, {"content": rest}))
        await _send(response, _chunk(name, {}, finish="stop"))
        if asked.counts:
            await _send(response, {**_head(name, "chat.completion.chunk"), "choices": [], "usage": _usage(asked, text)})
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
    finally:
        answering.cancel()  # who hangs up stops waiting; the message itself is kept and answered
    return response


async def _words(house: House, message: Message, answering: asyncio.Task[Turn]) -> AsyncGenerator[str, None]:
    """Yield what is sure of the reply so far, until the turn is there."""
    async with aclosing(house.clerk.watch(message.conversation_id)) as activities:  # type: ignore[type-var]
        waiting = asyncio.ensure_future(anext(activities))
        try:
            while True:
                await asyncio.wait({waiting, answering}, return_when=asyncio.FIRST_COMPLETED)
                if answering.done():
                    return
                activity = waiting.result()
                if activity.kind == "words" and activity.message_id == message.external_id:
                    yield activity.words
                waiting = asyncio.ensure_future(anext(activities))
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


async def _send(response: web.StreamResponse, event: dict[str, Any]) -> None:
    await response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())


def _remembered(house: House, asked: _Asked, turn: Turn) -> str:
    text = plain(turn)
    talk = (*asked.talk, ("assistant", text))
    house.threads.keep(talk, asked.message.conversation_id)
    return text


def _head(name: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{name}", "object": kind, "created": int(time.time()), "model": MODEL}


def _chunk(name: str, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {**_head(name, "chat.completion.chunk"), "choices": [choice]}


def _usage(asked: _Asked, text: str) -> dict[str, int]:
    """Return words for tokens: clients expect numbers, and the clerk's answers cost none."""
    read, wrote = sum(len(said.split()) for _, said in asked.talk), len(text.split())
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}
