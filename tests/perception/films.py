"""Films for tests: made here, so that every one shows what its test says."""

from __future__ import annotations

import io
from collections.abc import Sequence

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
