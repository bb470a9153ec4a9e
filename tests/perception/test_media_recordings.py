import io
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.blobs import FolderBlobs
from core.errors import MediaError
from core.types import AttachmentKind
from perception.media import Door, MediaLimits, load_speech

RATE = 16_000


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(FolderBlobs(tmp_path), MediaLimits(audio_s=30, audio_bytes=2**21))


def tone(seconds: float, rate: int) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def encoded(container: str, codec: str, *, rate: int = 48_000, seconds: float = 2) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(seconds, rate).reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return out.getvalue()


def voice_note(seconds: int) -> bytes:
    """Write a long ogg/opus at no cost: one encoded frame of silence, again and again."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as file:
        stream = file.add_stream("libopus", rate=48_000, layout="mono", options={"frame_duration": "60"})
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2880 * 3), np.float32), format="flt", layout="mono")
        frame.sample_rate = 48_000
        silence = bytes(next(iter(stream.encode(frame))))
        for index in range(seconds * 1000 // 60):
            packet = av.Packet(silence)
            packet.stream, packet.time_base = stream, Fraction(1, 48_000)
            packet.pts = packet.dts = index * 2880
            packet.duration = 2880
            file.mux(packet)
    return out.getvalue()


def wav(samples: np.ndarray, *, tag: int, bits: int, rate: int = RATE, channels: int = 1) -> bytes:
    """Write a WAV by hand, so that its header can say anything."""
    body = samples.tobytes()
    shape = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt \x10\x00\x00\x00"
        + shape
        + (b"data" + struct.pack("<I", len(body)) + body)
    )


async def refusal(door: Door, data: bytes) -> str:
    with pytest.raises(MediaError) as refused:
        await door.admit(data, kind=AttachmentKind.AUDIO)
    return refused.value.code


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("mp3", "libmp3lame", 44_100),
        ("ipod", "aac", 44_100),
        ("adts", "aac", 44_100),
        ("flac", "flac", 44_100),
        ("wav", "pcm_s16le", 8_000),
        ("wav", "pcm_f32le", 44_100),
        ("wav", "pcm_mulaw", 8_000),
        pytest.param(
            *("amr", "libopencore_amrnb", 8_000),
            marks=pytest.mark.skipif("libopencore_amrnb" not in av.codecs_available, reason="PyAV 19 only reads AMR"),
        ),
    ],
)
async def test_every_kind_of_voice_note_becomes_the_same_wav(door: Door, container: str, codec: str, rate: int) -> None:
    attachment = await door.admit(encoded(container, codec, rate=rate), kind=AttachmentKind.AUDIO)
    assert attachment.media_type == "audio/wav"
    assert attachment.duration_s == pytest.approx(2, abs=0.1)
    with wave.open(io.BytesIO(await door.blobs.get(attachment.sha256))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
    speech = await load_speech(door.blobs, attachment.sha256)
    assert speech.dtype == np.float32 and len(speech) == round(attachment.duration_s * RATE)
    middle = speech[RATE // 2 : RATE // 2 + RATE]
    assert np.abs(np.fft.rfft(middle)).argmax() == pytest.approx(440, abs=3)
    assert np.abs(middle).max() == pytest.approx(0.3, abs=0.05)


async def test_a_two_hour_voice_note_is_too_long(door: Door) -> None:
    note = voice_note(2 * 3600)
    assert len(note) < 2**21, "it must pass the size limit"
    assert await refusal(door, note) == "too_long"


async def test_a_voice_note_within_the_limit_is_taken_whole(door: Door) -> None:
    attachment = await door.admit(voice_note(29), kind=AttachmentKind.AUDIO)
    assert attachment.duration_s == pytest.approx(29, abs=0.1)


async def test_the_length_is_counted_and_not_believed(door: Door) -> None:
    honest = wav(np.zeros(RATE, np.int16), tag=1, bits=16)
    boasting = honest.replace(struct.pack("<I", 2 * RATE), struct.pack("<I", 0x7FFFFFF0))
    attachment = await door.admit(boasting, kind=AttachmentKind.AUDIO)
    assert attachment.duration_s == pytest.approx(1, abs=0.01)


async def test_loud_samples_are_clipped_not_wrapped(door: Door) -> None:
    attachment = await door.admit(wav(np.full(RATE, 7.5, np.float32), tag=3, bits=32), kind=AttachmentKind.AUDIO)
    assert (await load_speech(door.blobs, attachment.sha256)).min() > 0.9


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
async def test_samples_that_are_not_numbers_are_damaged(door: Door, wrong: float) -> None:
    samples = tone(1, RATE)
    samples[5000] = wrong
    assert await refusal(door, wav(samples, tag=3, bits=32)) == "damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "not_audio"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://localhost/secret\n", "not_audio"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "not_audio"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "not_audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not_audio"),
        (wav(np.zeros(0, np.int16), tag=1, bits=16), "empty"),
        (wav(np.zeros(100, np.int16), tag=1, bits=16, rate=1), "damaged"),
        (wav(np.zeros(6400, np.int16), tag=1, bits=16, channels=64), "damaged"),
        (wav(np.zeros(100, np.int16), tag=0x1234, bits=16), "damaged"),
        (b"RIFF\x00\x00\x00\x00WAVE", "damaged"),
        (b"OggS" + bytes(100), "damaged"),
        (b"fLaC" + bytes(100), "damaged"),
        (b"\x1aE\xdf\xa3" + bytes(100), "damaged"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(100), "damaged"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(100), "damaged"),
        (bytes(2**21 + 1), "too_large"),
    ],
)
async def test_what_is_no_recording_is_refused_by_code(door: Door, data: bytes, code: str) -> None:
    assert await refusal(door, data) == code


async def test_a_film_is_no_recording(door: Door) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=10, width=32, height=32, pix_fmt="yuv420p")
        for _ in range(5):
            picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    assert await refusal(door, out.getvalue()) == "is_video"


async def test_of_a_recording_cut_off_in_the_middle_the_first_half_is_heard(door: Door) -> None:
    for container, codec in (("ogg", "libopus"), ("wav", "pcm_s16le"), ("mp3", "libmp3lame")):
        data = encoded(container, codec, seconds=4)
        attachment = await door.admit(data[: len(data) // 2], kind=AttachmentKind.AUDIO)
        assert attachment.duration_s is not None and 1 < attachment.duration_s < 3


async def test_an_mp4_cut_off_before_its_index_is_damaged(door: Door) -> None:
    data = encoded("ipod", "aac", rate=44_100)
    assert await refusal(door, data[: len(data) // 2]) == "damaged"


async def test_what_the_sender_wrote_into_the_file_is_gone(door: Door) -> None:
    data = wav(np.zeros(RATE, np.int16), tag=1, bits=16)
    note = b"LIST" + struct.pack("<I", 24) + b"INFOIART" + struct.pack("<I", 12) + b"Name of Them"
    attachment = await door.admit(data + note + b"<script>alert(1)</script>", kind=AttachmentKind.AUDIO)
    stored = await door.blobs.get(attachment.sha256)
    assert b"Name of Them" not in stored and b"script" not in stored


async def test_a_title_in_broken_letters_spoils_no_recording(door: Door) -> None:
    data = wav(np.zeros(RATE, np.int16), tag=1, bits=16)
    note = b"LIST" + struct.pack("<I", 24) + b"INFOIART" + struct.pack("<I", 12) + b"\xff\xfe\x80abc\xc3(def"
    assert (await door.admit(data + note, kind=AttachmentKind.AUDIO)).duration_s == 1.0


async def test_random_damage_gives_a_recording_or_a_refusal_never_another_error(door: Door) -> None:
    rng = np.random.default_rng(7)
    for container, codec, rate in (
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("ipod", "aac", 44_100),
        ("mp3", "libmp3lame", 44_100),
        ("flac", "flac", 44_100),
        ("wav", "pcm_s16le", 8_000),
    ):
        good = np.frombuffer(encoded(container, codec, rate=rate, seconds=1), np.uint8)
        for _ in range(15):
            bad = good.copy()
            bad[rng.integers(12, 400, 4)] = rng.integers(0, 256, 4)
            bad[rng.integers(12, len(bad), 8)] = rng.integers(0, 256, 8)
            try:
                await door.admit(bad.tobytes(), kind=AttachmentKind.AUDIO)
            except MediaError as error:
                assert error.code in {"damaged", "empty", "not_audio", "too_long"}


async def test_a_trap_that_never_ends_is_given_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perception.media.recordings._DEADLINE_S", -1.0)
    assert await refusal(door, encoded("ogg", "libopus")) == "damaged"


async def test_other_files_are_not_taken(door: Door) -> None:
    with pytest.raises(MediaError) as refused:
        await door.admit(b"%PDF-1.7", kind=AttachmentKind.FILE)
    assert refused.value.code == "unsupported"
