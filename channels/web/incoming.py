"""Reading a message's body, JSON or multipart, with a bound on every piece while it streams in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ValidationError

from channels.web.problems import ProblemError, of_media
from channels.web.schemas import NewMessage
from core.admitting import admit_file
from core.errors import MediaError
from core.ports import Limits, MediaDoor
from core.types import Attachment, AttachmentKind

_FIELD_BYTES = 1024
"""Of a short form field (id, speak, locale)."""
_FILES = ("image", "audio", "video")
"""Form fields of files."""
_ESCAPED_BYTES = 12
"""Of one character in JSON at most: two \\uXXXX escapes."""

Body = TypeVar("Body", bound=BaseModel)


@dataclass(slots=True)
class Incoming:
    """What the client sent."""

    fields: dict[str, str] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    files: int = 0
    """A video is one, and several attachments."""


async def read_json(request: web.Request, model: type[Body], limit: int) -> Body:
    """Return the JSON body as `model`; an empty body is an empty object.

    Raises `ProblemError` 400 naming the place of the mistake, 413 above `limit` bytes, 415 for
    another content type.
    """
    if request.can_read_body and request.content_type != "application/json":
        raise ProblemError(415, "unsupported", f"{request.content_type!r} is not accepted here; send application/json.")
    if (request.content_length or 0) > limit:
        raise _too_large("The body", limit)
    raw = await _bounded(request.content.iter_chunked(2**16), limit, "The body")
    try:
        decoded = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "malformed_json", f"The body is not valid JSON: {_short(error)}.") from error
    return validated(model, decoded)


async def read_bytes(request: web.Request, limit: int, what: str) -> bytes:
    """Return a body as it came; raises `ProblemError` 413 above `limit` bytes."""
    if (request.content_length or 0) > limit:
        raise _too_large(what, limit)
    return await _bounded(request.content.iter_chunked(2**16), limit, what)


def validated(model: type[Body], decoded: object) -> Body:
    """Return `decoded` as `model`; raises `ProblemError` 400 that lists what is wrong, without values."""
    try:
        return model.model_validate(decoded)
    except ValidationError as error:
        errors = [
            {"pointer": "/" + "/".join(str(step) for step in item["loc"]), "detail": item["msg"]}
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        first = errors[0]
        raise ProblemError(
            400, "invalid_body", f"{first['pointer']}: {first['detail']}. See /openapi.json.", errors=errors
        ) from error


async def read_message(request: web.Request, limits: Limits, door: MediaDoor) -> tuple[NewMessage, list[Attachment]]:
    """Return the message and its media, which passed the door one by one.

    Raises `ProblemError` for a body that is malformed, too large or holds media that is refused.
    """
    if request.content_type == "multipart/form-data":
        incoming = await _read_multipart(request, limits, door)
        message = validated(NewMessage, incoming.fields)
        attachments = incoming.attachments
    else:
        message = await read_json(request, NewMessage, limits.text_chars * _ESCAPED_BYTES + 4096)
        attachments = []
    if len(message.text) > limits.text_chars:
        raise _text_too_long(limits, len(message.text))
    if not message.text.strip() and not attachments:
        raise ProblemError(400, "empty_message", "The message is empty; send text, a photo, a video or a recording.")
    return message, attachments


async def _read_multipart(request: web.Request, limits: Limits, door: MediaDoor) -> Incoming:
    incoming = Incoming()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise ProblemError(400, "malformed_form", "A form inside a form is not accepted.")
            await _read_part(part, incoming, limits, door)
    except (ValueError, AssertionError, HttpProcessingError) as error:  # aiohttp's three ways to say so
        raise ProblemError(400, "malformed_form", f"The form cannot be read: {_short(error)}.") from error
    return incoming


async def _read_part(part: BodyPartReader, incoming: Incoming, limits: Limits, door: MediaDoor) -> None:
    name = part.name or ""
    if name in _FILES:
        if incoming.files >= limits.attachments:
            raise ProblemError(
                413, "too_many_attachments", f"A message holds {limits.attachments} files at most; send fewer."
            )
        data = await _part_bytes(part, getattr(limits, f"{name}_bytes"), f"The {name}")
        incoming.files += 1
        try:
            if name == "video":
                incoming.attachments += await door.admit_video(data)
            else:
                incoming.attachments += await admit_file(door, data, kind=AttachmentKind(name))
        except MediaError as error:
            raise of_media(error) from error
    elif name in NewMessage.model_fields:
        try:
            incoming.fields[name] = (await _field_bytes(part, name, limits)).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProblemError(400, "malformed_form", f"The field {name!r} is not UTF-8.") from error
    else:
        known = ", ".join((*NewMessage.model_fields, *_FILES))
        raise ProblemError(400, "unknown_field", f"There is no form field {name[:40]!r}; there are {known}.")


async def _field_bytes(part: BodyPartReader, name: str, limits: Limits) -> bytes:
    if name != "text":
        return await _part_bytes(part, _FIELD_BYTES, f"The field {name!r}")
    try:
        return await _part_bytes(part, limits.text_chars * 4, "The text")
    except ProblemError as problem:
        if problem.status != 413:
            raise
        raise _text_too_long(limits) from problem


async def _part_bytes(part: BodyPartReader, limit: int, what: str) -> bytes:
    async def chunks() -> AsyncIterator[bytes]:
        while chunk := await part.read_chunk(2**16):
            yield chunk

    return await _bounded(chunks(), limit, what)


async def _bounded(chunks: AsyncIterator[bytes], limit: int, what: str) -> bytes:
    read = bytearray()
    async for chunk in chunks:
        read += chunk
        if len(read) > limit:
            raise _too_large(what, limit)
    return bytes(read)


def _too_large(what: str, limit: int) -> ProblemError:
    return ProblemError(413, "too_large", f"{what} is larger than {limit} bytes; send less.", limit=limit)


def _text_too_long(limits: Limits, length: int | None = None) -> ProblemError:
    said = f" and this one has {length}" if length else ""
    return ProblemError(
        413,
        "text_too_long",
        f"A message holds {limits.text_chars} characters at most{said}; send it in smaller pieces.",
        limit=limits.text_chars,
    )


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0][:120].rstrip(".") or type(error).__name__
