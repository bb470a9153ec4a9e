"""A customer's recording, decoded and encoded again."""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from core.errors import MediaError
from core.ports import Pcm
from perception.media.kinds import audio_format

RATE_HZ = 16_000
_RATES_HZ = range(4_000, 192_001)
"""A header may claim any sampling rate; from 1 Hz one frame would become gigabytes."""
_MAX_CHANNELS = 8
_DEADLINE_S = 30.0
"""Five minutes of opus take a fraction of a second; only a trap takes this long."""
_OPTIONS = {
    "codec_whitelist": "aac,alac,amrnb,amrwb,flac,mp3,mp3float,opus,vorbis,pcm_alaw,pcm_f32le,pcm_f64le,pcm_mulaw,"
    "pcm_s16be,pcm_s16le,pcm_s24le,pcm_s32le,pcm_u8,gsm_ms,adpcm_ms,adpcm_ima_wav",
    "max_streams": "16",
}
"""Only decoders of speech formats, so that a container cannot reach the hundreds of others."""
FORGIVING: dict[str, Any] = {} if int(av.__version__.partition(".")[0]) >= 19 else {"metadata_errors": "ignore"}
"""A title in broken UTF-8 spoils no recording. PyAV takes it as it is from version 19 on, and has no such option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRecording:
    """A recording as WAV, 16 kHz, mono, 16-bit, without metadata."""

    wav: bytes
    duration_s: float


class _Bytes(BytesIO):
    """A file that ends a trap: reading after the deadline fails, even while the header is parsed."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.deadline = time.monotonic() + _DEADLINE_S

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self.deadline:
            raise TimeoutError(f"decoding took more than {_DEADLINE_S:.0f} s")
        return super().read(size)


def clean_recording(data: bytes, *, max_s: float) -> CleanRecording:
    """Decode the first audio stream of a recording and encode its samples anew.

    The length is counted while decoding, so that a long recording is refused when its limit is
    reached, whatever its header says. Raises `MediaError`: "not_audio", "is_video", "too_long", "damaged", "empty".
    """
    container = audio_format(data)
    if container is None:
        raise MediaError("not_audio", "the file is not a recording of a kind that is taken")
    samples = decode_sound(data, container, max_s=max_s, film=False)
    return CleanRecording(wav=wav_of(samples), duration_s=len(samples) / RATE_HZ)


def decode_sound(data: bytes, container: str, *, max_s: float, film: bool = True) -> Pcm:
    """Return the first audio stream of a file, mono at 16 kHz; raises `MediaError`, "is_video" where no film may be."""
    file = _Bytes(data)
    try:
        with av.open(file, "r", format=container, options=_OPTIONS, **FORGIVING) as source:
            if not film and moving_pictures(source) is not None:
                raise MediaError("is_video", "the file is a video")
            return _samples(source, file.deadline, max_s)
    except MediaError:
        raise
    except Exception as error:  # FFmpeg's errors have many classes, and a hostile header raises any of them.
        raise MediaError("damaged", f"the {container} recording cannot be decoded: {error}") from error


def moving_pictures(source: InputContainer) -> VideoStream | None:
    """Return the stream of a file's moving pictures; the cover of a song is none."""
    return next((one for one in source.streams.video if not one.disposition & Disposition.attached_pic), None)


def _samples(source: InputContainer, deadline: float, max_s: float) -> Pcm:
    pieces: list[Pcm] = []
    length = 0
    for piece in _resampled(source, deadline):
        length += len(piece)
        if length > max_s * RATE_HZ:
            raise MediaError("too_long", f"the recording is longer than {max_s:.0f} s")
        pieces.append(piece)
    if not length:
        raise MediaError("empty", "the recording has no sound in it")
    samples = np.concatenate(pieces)
    if not np.isfinite(samples).all():
        raise MediaError("damaged", "the recording has samples that are not numbers")
    return samples


def _resampled(source: InputContainer, deadline: float) -> Iterator[Pcm]:
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    for frame in _frames(source, deadline):
        for piece in resampler.resample(frame):
            yield piece.to_ndarray().reshape(-1).astype(np.float32, copy=False)


def _frames(source: InputContainer, deadline: float) -> Iterator[AudioFrame | None]:
    """Yield the decoded frames, then None, which empties the resampler."""
    if not source.streams.audio:
        raise MediaError("not_audio", "the file has no audio stream")
    stream = source.streams.audio[0]
    bad: av.FFmpegError | None = None
    heard = False
    for packet in source.demux(stream):
        if time.monotonic() > deadline:
            raise TimeoutError(f"decoding took more than {_DEADLINE_S:.0f} s")
        try:
            frames = packet.decode()
        except av.FFmpegError as error:  # A lost packet costs 20 ms of the recording, not all of it.
            bad = error
            continue
        for frame in frames:
            heard = True
            yield _checked(frame)
    if bad is not None and not heard:
        raise bad
    if heard:
        yield None


def _checked(frame: AudioFrame) -> AudioFrame:
    if frame.sample_rate not in _RATES_HZ or frame.layout.nb_channels > _MAX_CHANNELS:
        raise MediaError(
            "damaged", f"the recording claims {frame.sample_rate} Hz and {frame.layout.nb_channels} channels"
        )
    frame.pts = None  # Gaps and jumps in time stamps are not filled with silence.
    return frame


def wav_of(samples: Pcm) -> bytes:
    """Return samples at 16 kHz as a WAV file with 16 bits each."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return out.getvalue()
