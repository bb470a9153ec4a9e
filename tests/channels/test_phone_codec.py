"""The line's codecs against Python's own, and resampling against arithmetic."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from channels.phone.codec import (
    Framer,
    Resampler,
    decode_alaw,
    decode_ulaw,
    encode_alaw,
    encode_ulaw,
    to_float,
    to_int16,
)

EVERY_SAMPLE = np.arange(-32_768, 32_768, dtype=np.int16)
EVERY_CODE = bytes(range(256))


def tone(hertz: float, rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate_hz * seconds)) / rate_hz)).astype(np.float32)


def stream(resampler: Resampler, pcm: np.ndarray, piece: int) -> list[np.ndarray]:
    return [resampler(pcm[start : start + piece]) for start in range(0, len(pcm), piece)]


def loudness_db(pcm: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(pcm[len(pcm) // 2 :] ** 2)) / (0.5 / 2**0.5) + 1e-9))


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left the standard library")
def test_g711_is_bit_equal_to_audioop_for_every_sample_and_every_code() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop  # only here: it warns on import, and later Pythons lack it
    linear = EVERY_SAMPLE.tobytes()
    assert encode_ulaw(EVERY_SAMPLE) == audioop.lin2ulaw(linear, 2)
    assert encode_alaw(EVERY_SAMPLE) == audioop.lin2alaw(linear, 2)
    assert decode_ulaw(EVERY_CODE).tobytes() == audioop.ulaw2lin(EVERY_CODE, 2)
    assert decode_alaw(EVERY_CODE).tobytes() == audioop.alaw2lin(EVERY_CODE, 2)


def test_g711_codes_survive_a_round_trip() -> None:
    assert encode_alaw(decode_alaw(EVERY_CODE)) == EVERY_CODE
    ulaw = encode_ulaw(decode_ulaw(EVERY_CODE))
    assert [code for code in range(256) if ulaw[code] != code] == [0x7F]  # minus zero becomes zero


def test_too_loud_sound_is_clipped_and_not_wrapped() -> None:
    assert to_int16(np.array([2.0, -2.0, 0.5], dtype=np.float32)).tolist() == [32_767, -32_768, 16_384]


@pytest.mark.parametrize("line_hz", [8_000, 12_000, 24_000, 44_100, 48_000, 96_000, 192_000])
def test_every_frame_of_20_ms_comes_out_as_20_ms_at_once(line_hz: int) -> None:
    towards = [len(piece) for piece in stream(Resampler(16_000, line_hz), tone(440, 16_000), 320)]
    assert towards[0] == line_hz // 50
    assert sum(towards) == pytest.approx(line_hz, abs=line_hz // 500)
    assert min(towards) > 0
    back = np.concatenate(stream(Resampler(line_hz, 16_000), tone(440, line_hz), line_hz // 50))
    assert len(back) == pytest.approx(16_000, abs=32)


def test_resampling_keeps_speech_and_stops_what_8_khz_cannot_carry() -> None:
    down = np.concatenate(stream(Resampler(16_000, 8_000), tone(1_000, 16_000), 320))
    alias = np.concatenate(stream(Resampler(16_000, 8_000), tone(5_000, 16_000), 320))
    assert loudness_db(down) == pytest.approx(0, abs=0.1)
    assert loudness_db(alias) < -60


def test_pieces_join_without_a_click() -> None:
    whole = np.concatenate(stream(Resampler(8_000, 16_000), tone(300, 8_000), 160))
    steps = np.abs(np.diff(whole[2_000:]))
    assert steps.max() <= 0.5 * 2 * np.pi * 300 / 16_000 * 1.05


def test_the_framer_keeps_the_rest_for_the_next_piece() -> None:
    framer = Framer(320)
    sound = to_float(EVERY_SAMPLE[:1_000])
    frames = framer(sound[:500]) + framer(sound[500:])
    assert [len(frame) for frame in frames] == [320, 320, 320]
    assert np.array_equal(np.concatenate(frames), sound[:960])
