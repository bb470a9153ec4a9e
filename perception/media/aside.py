"""Decoding in a process of its own: what crashes, hangs or swells there ends alone."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.errors import MediaError
from core.ports import Pcm, Picture

Task = Literal["photo", "film"]

_DEADLINE_S = 30.0
_MOST_BYTES = 128 * 2**20
"""Of an answer: six frames, and five minutes of sound, are a third of it."""
_ROOT = Path(__file__).parents[2]
"""Where the packages lie, wherever the program was started from."""
_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG")
"""Of the environment; keys and passwords are not for a process that reads strangers' files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What came out of a file: bare pixels and samples, so that nothing else can come out of it."""

    pictures: tuple[Picture, ...]
    speech: Pcm | None = None
    """At 16 kHz, mono; None where there is no sound."""


async def decode_aside(data: bytes, task: Task, **limits: float) -> Decoded:
    """Return the pictures of a file, and its sound, decoded by a process that is gone afterwards.

    `limits` go to the decoder. Raises `MediaError`: the decoder's own, "damaged" when it crashed or took more than
    its memory, and "too_slow" when it took more than 30 s, which may be the machine's fault and not the file's.
    """
    job = json.dumps({"task": task, **limits}).encode() + b"\n"
    answer = await _answer(job + data)
    head, _, body = answer.partition(b"\n")
    try:
        said = json.loads(head)
        if "code" in said:
            raise MediaError(str(said["code"]), str(said["message"]))
        return _read(said, body)
    except (ValueError, KeyError, TypeError) as error:
        raise MediaError("damaged", "the file ended the process that decoded it") from error


async def _answer(question: bytes) -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-B", "-m", "perception.media.decoder"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        | {"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]), "OMP_NUM_THREADS": "1"},
    )
    if child.stdin is None or child.stdout is None:
        raise AssertionError("both pipes were asked for")
    try:
        async with asyncio.timeout(_DEADLINE_S):
            answer, _ = await asyncio.gather(_told(child.stdout), _ask(child.stdin, question))
            return answer
    except TimeoutError as error:
        raise MediaError("too_slow", f"decoding the file took more than {_DEADLINE_S:.0f} s") from error
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _ask(way_in: asyncio.StreamWriter, question: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it is gone before it has read all; its silence says so
        way_in.write(question)
        await way_in.drain()
        way_in.close()


async def _told(way_out: asyncio.StreamReader) -> bytes:
    told = bytearray()
    while piece := await way_out.read(2**20):
        told += piece
        if len(told) > _MOST_BYTES:
            raise MediaError("damaged", "the decoder of the file says too much")
    return bytes(told)


def _read(said: dict[str, Any], body: bytes) -> Decoded:
    pictures: list[Picture] = []
    at = 0
    for width, height in said["pictures"]:
        size = width * height * 3
        pictures.append(np.frombuffer(body[at : at + size], np.uint8).reshape(height, width, 3))
        at += size
    speech = np.frombuffer(body[at : at + 4 * said["samples"]], np.float32)
    if len(speech) != said["samples"] or not np.isfinite(speech).all():
        raise ValueError("sound that is no sound")
    return Decoded(pictures=tuple(pictures), speech=speech if len(speech) else None)
