"""Films for tests: made here, so that every one shows what its test says."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from PIL import Image

RED, BLUE, GREEN = (220, 20, 20), (20, 20, 220), (20, 180, 40)
WIDTH, HEIGHT = 160, 96
PER_S = 10


def scene(colour: tuple[int, int, int], *, seed: int = 0) -> np.ndarray:
    """Return a frame full of edges on a ground of one colour."""
    rng = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
    picture[rng.integers(0, HEIGHT, 200), rng.integers(0, WIDTH, 200)] = 250
    picture[20:60, 30:90] = np.array(colour) // 2
    return picture


def film(
    frames: Sequence[np.ndarray],
    *,
    container: str = "mp4",
    codec: str = "libx264",
    sound: np.ndarray | None = None,
    per_s: int = PER_S,
    every: int = 100,
) -> bytes:
    """Return a film of frames, with sound at 16 kHz; a picture that stands alone every `every` frames."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        pictures = file.add_stream(codec, rate=per_s)
        pictures.height, pictures.width = frames[0].shape[:2]
        pictures.pix_fmt, pictures.gop_size = "yuv420p", every
        if codec == "libx265":
            pictures.options = {"x265-params": "log-level=none"}
        if sound is not None:
            noises = file.add_stream("libopus" if container == "webm" else "aac", rate=48_000, layout="mono")
        for frame in frames:
            file.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(pictures.encode(None))
        if sound is not None:
            heard = av.AudioFrame.from_ndarray(sound.astype(np.float32).reshape(1, -1), format="flt", layout="mono")
            heard.sample_rate = 16_000
            for piece in av.AudioResampler(format=noises.format, layout="mono", rate=48_000, frame_size=960).resample(
                heard
            ):
                file.mux(noises.encode(piece))
            file.mux(noises.encode(None))
    return out.getvalue()


def animation(frames: Sequence[np.ndarray], kind: str, *, ms: int = 200) -> bytes:
    """Return an animated GIF, WebP or PNG."""
    first, *others = [Image.fromarray(frame) for frame in frames]
    out = io.BytesIO()
    first.save(out, kind, **({"save_all": True, "append_images": others, "duration": ms, "loop": 0} if others else {}))
    return out.getvalue()


def heic(picture: np.ndarray) -> bytes:
    """Return a picture as a telephone stores it: one HEVC image in a HEIF file (ISO 23008-12), written box by box."""
    config, sample = _hevc(picture)
    height, width = picture.shape[:2]

    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + name + body

    def full(name: bytes, body: bytes, version: int = 0) -> bytes:
        return box(name, struct.pack(">I", version << 24) + body)

    shape = full(b"ispe", struct.pack(">II", width, height))
    properties = box(b"ipco", box(b"hvcC", config) + shape)
    links = full(b"ipma", struct.pack(">IHBBB", 1, 1, 2, 0x81, 0x02))
    entry = full(b"infe", struct.pack(">HH4sB", 1, 0, b"hvc1", 0), version=2)
    head = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")

    def meta(at: int) -> bytes:
        where = full(b"iloc", struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, at, len(sample)))
        return full(
            b"meta",
            full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + full(b"pitm", struct.pack(">H", 1))
            + full(b"iinf", struct.pack(">H", 1) + entry)
            + box(b"iprp", properties + links)
            + where,
        )

    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", sample)


def _hevc(picture: np.ndarray) -> tuple[bytes, bytes]:
    """Return a picture as HEVC: the decoder's configuration (ISO 14496-15, 8.3.3) and the sample."""
    encoder = av.CodecContext.create("libx265", "w")
    encoder.height, encoder.width = picture.shape[:2]
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, 25)
    encoder.options = {"x265-params": "log-level=none"}
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    stream = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    units = [unit for unit in re.split(b"\\x00?\\x00\\x00\\x01", stream) if unit]
    by_kind = {unit[0] >> 1 & 0x3F: unit for unit in units}
    tier = by_kind[33][2:].replace(b"\0\0\3", b"\0\0")[1:13]  # of the sequence's parameters, which say it first
    config = b"\1" + tier + b"\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f\3"
    for kind in (32, 33, 34):
        config += struct.pack(">BHH", 0x80 | kind, 1, len(by_kind[kind])) + by_kind[kind]
    shown = next(unit for kind, unit in by_kind.items() if kind < 32)
    return config, struct.pack(">I", len(shown)) + shown
