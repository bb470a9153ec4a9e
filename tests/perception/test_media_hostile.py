"""Whatever bytes come: a photo, a recording, frames, or a refusal with a code; in time, and nothing half-kept."""

from __future__ import annotations

import asyncio
import struct
import tempfile
import time
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.admitting import admit_file
from core.blobs import FolderBlobs
from core.errors import MediaError
from core.types import AttachmentKind
from perception.media import Door, MediaLimits
from tests.perception.films import BLUE, PER_S, RED, animation, film, scene

CODES = {
    "damaged", "empty", "is_video", "not_a_video", "not_an_image", "not_audio", "too_large", "too_long",
    "too_many_pixels", "too_slow", "unsupported", "video_too_long",
}  # fmt: skip
SLOWEST_S = 20.0
"""A start of the decoder on a busy machine, its patience, and some."""
SCENES = [scene(RED)] * PER_S + [scene(BLUE)] * PER_S
SOUND = 0.3 * np.sin(np.arange(2 * 16_000) / 10)
FILMS = {
    "mp4": film(SCENES, sound=SOUND),
    "webm": film(SCENES, container="webm", codec="libvpx-vp9", sound=SOUND),
    "gif": animation(SCENES[::4], "GIF"),
    "webp": animation(SCENES[::4], "WEBP"),
    "png": animation(SCENES[::4], "PNG"),
    "avif": animation([scene(RED)], "AVIF"),
    "jpeg": animation([scene(RED)], "JPEG"),
}
HEADS = [b"", *(data[:16] for data in FILMS.values()), b"\xff\xd8\xff", b"BM", b"OggS", b"ID3", b"RIFF\0\0\0\0WAVE",
         b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypavif", b"<svg", b"II*\0", b"#EXTM3U\n"]  # fmt: skip

seeded = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with bytes changed, a piece taken out or doubled, its end cut off, or noise behind it."""
    data = bytearray(draw(st.sampled_from(list(FILMS.values()))))
    for _ in range(draw(st.integers(1, 12))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 400))
    change = draw(st.sampled_from(["none", "out", "twice", "cut", "noise"]))
    if change == "out":
        del data[at : at + length]
    elif change == "twice":
        data[at:at] = data[at : at + length]
    elif change == "cut":
        del data[at:]
    elif change == "noise":
        data += draw(st.binary(max_size=400))
    return bytes(data)


def let_in(data: bytes, how: str) -> None:
    """Let a file in every way that there is, and look at what was promised."""
    with tempfile.TemporaryDirectory() as folder:
        blobs = FolderBlobs(Path(folder))
        door = Door(blobs, MediaLimits(image_pixels=300_000, audio_s=30, video_s=20))
        began = time.monotonic()
        try:
            if how == "video":
                parts = asyncio.run(door.admit_video(data))
            else:
                parts = asyncio.run(admit_file(door, data, kind=AttachmentKind(how)))
        except MediaError as error:
            assert error.code in CODES and str(error)
            assert not list(Path(folder).rglob("*")), "what is refused is not kept"
        else:
            assert parts and all(blobs.path(part.sha256).is_file() for part in parts)
        assert time.monotonic() - began < SLOWEST_S


@seeded
@given(data=damaged(), how=st.sampled_from(["image", "audio", "video"]))
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_damaged_file_gives_media_or_a_refusal(data: bytes, how: str) -> None:
    let_in(data, how)


@seeded
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=600), how=st.sampled_from(["image", "audio", "video"]))
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_noise_behind_any_signature_gives_media_or_a_refusal(head: bytes, rest: bytes, how: str) -> None:
    let_in(head + rest, how)


def huge_png(side: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(1)
    row = bytes(1 + 3 * side)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


async def test_a_picture_of_twelve_thousand_pixels_square_is_refused_undecoded(tmp_path: Path) -> None:
    data = huge_png(12_000)
    door = Door(FolderBlobs(tmp_path))
    tracemalloc.start()
    try:
        with pytest.raises(MediaError, match="25000000 pixels|more than 25000000") as refused:
            await door.admit(data, kind=AttachmentKind.IMAGE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code == "too_many_pixels" and peak < 20 * 2**20


async def test_a_header_that_claims_pictures_without_end_costs_no_memory_of_ours(tmp_path: Path) -> None:
    data = bytearray(FILMS["mp4"])
    at = data.index(b"avc1") + 4 + 24  # width and height of the picture in the sample's description (ISO 14496-12)
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    door = Door(FolderBlobs(tmp_path))
    try:
        assert await door.admit_video(bytes(data))
    except MediaError as error:
        assert error.code in {"too_many_pixels", "damaged", "too_slow"}


async def test_an_animation_of_ten_thousand_pictures_is_over_in_time(tmp_path: Path) -> None:
    frames = [np.full((8, 8, 3), shade % 256, np.uint8) for shade in range(3000)]
    began = time.monotonic()
    with pytest.raises(MediaError) as refused:
        await Door(FolderBlobs(tmp_path)).admit_video(animation(frames, "GIF", ms=100))
    assert refused.value.code == "video_too_long" and time.monotonic() - began < SLOWEST_S
