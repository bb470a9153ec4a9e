"""The process that decodes one file of a stranger, with bounds that the system keeps. Only `aside` starts it."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from core.errors import MediaError
from perception.media.films import decode_film
from perception.media.pictures import decode_apart

_MEMORY_BYTES = 2 * 2**30
_CPU_S = 40
_FILES = 16


def main() -> None:
    """Read a job and a file from standard input; write pixels and samples, or why not, to standard output."""
    _bound()
    job: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        if job["task"] == "film":
            pictures, speech = decode_film(data, max_s=job["max_s"], max_pixels=int(job["max_pixels"]))
        else:
            pictures, speech = [decode_apart(data, max_pixels=int(job["max_pixels"]))], np.zeros(0, np.float32)
    except MediaError as error:
        _write({"code": error.code, "message": str(error)})
    except MemoryError:
        _write({"code": "damaged", "message": "decoding the file takes too much memory"})
    else:
        sizes = [(picture.shape[1], picture.shape[0]) for picture in pictures]
        _write({"pictures": sizes, "samples": len(speech)}, *(one.tobytes() for one in pictures), speech.tobytes())


def _write(said: dict[str, Any], *parts: bytes) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


def _bound() -> None:
    """Let this process have so much memory and time, and write no file; where the system can hold it to that."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows: the deadline of `aside` holds there too
        return
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
