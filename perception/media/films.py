"""A customer's video or animation: the frames worth looking at, and the sound. Runs in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageSequence

from core.errors import MediaError
from core.ports import Pcm, Picture
from perception.media.frames import choose_frames
from perception.media.kinds import video_format
from perception.media.pictures import flattened
from perception.media.recordings import FORGIVING, decode_sound, moving_pictures

_CODECS = frozenset({"h264", "hevc", "mpeg4", "h263", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "mjpeg"})
"""What telephones, browsers and messengers write; the hundred other decoders are out of reach."""
_SIDE = 1280
"""Pixels of a kept frame's longer side: full HD says no more to an encoder, and costs twice the room."""
_CANDIDATES = 32
_MOST_PICTURES = 20_000
"""Of a film: a minute at 240 a second, and some."""
_KEYS_EVERY_S = 1.0
"""Where key frames are this near to each other, they alone are decoded: a tenth of the work and less."""
_PATIENCE_S = 12.0
"""For the pictures; what was decoded by then is what is chosen from."""


def decode_film(data: bytes, *, max_s: float, max_pixels: int) -> tuple[list[Picture], Pcm]:
    """Return three to six frames, RGB and upright, and the sound at 16 kHz, empty where there is none.

    The length is counted from the pictures' times and their number before one is decoded. Raises `MediaError`:
    "not_a_video", "video_too_long", "too_many_pixels", "unsupported", "damaged".
    """
    container = video_format(data)
    if container is None:
        raise MediaError("not_a_video", "the file is not a video of a kind that is taken")
    try:
        if container in ("GIF", "WEBP", "PNG"):
            shots, sound = _animation(data, container, max_s, max_pixels), np.zeros(0, np.float32)
        else:
            shots, sound = _film(data, container, max_s, max_pixels), _sound(data, container, max_s)
    except (MediaError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError("too_many_pixels", f"the video has pictures of more than {max_pixels} pixels") from error
    except Exception as error:  # Decoders raise anything on hostile bytes.
        raise MediaError("damaged", f"the {container} video cannot be decoded: {error}") from error
    if not shots:
        raise MediaError("damaged", f"no picture of the {container} video can be decoded")
    return [shots[number] for number in choose_frames(shots)], sound


def _sound(data: bytes, container: str, max_s: float) -> Pcm:
    try:
        return decode_sound(data, container, max_s=max_s + 1)  # sound may outlast the last picture a little
    except MediaError as error:
        if error.code == "too_long":
            raise _too_long(max_s) from error
        return np.zeros(0, np.float32)  # none, or none that can be heard: the pictures are what it is about


def _animation(data: bytes, kind: str, max_s: float, max_pixels: int) -> list[Picture]:
    shots: list[Picture] = []
    length_s = 0.0
    until = time.monotonic() + _PATIENCE_S
    with Image.open(BytesIO(data), formats=(kind,)) as image:
        _count_pixels(image.width, image.height, max_pixels)
        every = max(1, getattr(image, "n_frames", 1) // _CANDIDATES)
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            length_s += frame.info.get("duration", 100) / 1000
            if length_s > max_s or number >= _MOST_PICTURES:
                raise _too_long(max_s)
            if number % every == 0:
                shot = frame.convert("RGBA")
                shot.thumbnail((_SIDE, _SIDE))
                shots.append(np.asarray(flattened(shot)))
            if time.monotonic() > until:
                break
    return shots


def _film(data: bytes, container: str, max_s: float, max_pixels: int) -> list[Picture]:
    with _opened(data, container) as source:
        stream = _stream(source, max_pixels)
        times, keys = _times(source, stream, max_s)
    length_s = times[-1] - times[0] if times else 0.0
    with _opened(data, container) as source:
        stream = _stream(source, max_pixels)
        if keys > length_s / _KEYS_EVERY_S:
            stream.codec_context.skip_frame = "NONKEY"
        return _shots(source, stream, length_s / _CANDIDATES, max_pixels)


def _opened(data: bytes, container: str) -> InputContainer:
    source: InputContainer = av.open(BytesIO(data), "r", format=container, options={"max_streams": "16"}, **FORGIVING)
    return source


def _stream(source: InputContainer, max_pixels: int) -> VideoStream:
    stream = moving_pictures(source)
    if stream is None:
        raise MediaError("not_a_video", "the file has no moving pictures")
    context = stream.codec_context
    if context.name not in _CODECS:
        raise MediaError("unsupported", f"video in {context.name} is not taken; send MP4 with H.264, or WebM")
    _count_pixels(context.width, context.height, max_pixels)
    context.options = {"max_pixels": str(max_pixels)}
    context.thread_type, context.thread_count = "AUTO", 2
    return stream


def _times(source: InputContainer, stream: VideoStream, max_s: float) -> tuple[list[float], int]:
    """Return when each picture is shown, in seconds, and how many stand alone; counted without decoding."""
    times: list[float] = []
    keys = 0
    pause_s = 1 / float(stream.average_rate or 25)
    try:
        for packet in source.demux(stream):
            if not packet.size:
                continue
            told = packet.pts if packet.pts is not None else packet.dts
            times.append(float(told * packet.time_base) if told is not None else len(times) * pause_s)
            keys += packet.is_keyframe
            if len(times) > _MOST_PICTURES:
                break
    except av.FFmpegError:  # cut off in the middle: what came before it counts
        pass
    times.sort()
    if len(times) > _MOST_PICTURES or (times and times[-1] - times[0] > max_s):
        raise _too_long(max_s)
    return times, keys


def _shots(source: InputContainer, stream: VideoStream, every_s: float, max_pixels: int) -> list[Picture]:
    shots: list[Picture] = []
    due_s = -1e9
    until = time.monotonic() + _PATIENCE_S
    for number, frame in enumerate(_frames(source, stream)):
        _count_pixels(frame.width, frame.height, max_pixels)
        at_s = float(frame.time) if frame.time is not None else number / float(stream.average_rate or 25)
        if at_s >= due_s:
            shots.append(_upright(frame))
            due_s = at_s + every_s
        if len(shots) > 2 * _CANDIDATES or time.monotonic() > until:
            break
    return shots


def _frames(source: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    bad: av.FFmpegError | None = None
    seen = False
    try:
        for packet in source.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError as error:  # A lost packet costs a moment of the film, not all of it.
                bad = error
                continue
            for frame in frames:
                seen = True
                yield frame
    except av.FFmpegError as error:
        bad = error
    if bad is not None and not seen:
        raise bad


def _upright(frame: VideoFrame) -> Picture:
    scale = min(1.0, _SIDE / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    picture = frame.to_ndarray(width=width, height=height, format="rgb24")
    return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90)))


def _count_pixels(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise MediaError("too_many_pixels", f"the video has {width} x {height} pixels, more than {most}")


def _too_long(max_s: float) -> MediaError:
    return MediaError("video_too_long", f"the video is longer than {max_s:.0f} s")
