"""The simulated network does to packets what it was told to, and counts it."""

from __future__ import annotations

import random
from itertools import groupby, islice

import numpy as np
import pytest

from channels.phone.codec import decode_alaw, decode_ulaw, encode_alaw, encode_ulaw
from ui.phone_trial.network import Network
from ui.phone_trial.uplink import FRAME, Uplink

PACKETS = 200_000
SOUND = (8000 * np.sin(2 * np.pi * 440 * np.arange(8_000) / 8_000)).astype(np.int16)


def delays(network: Network, seed: int = 1) -> list[float | None]:
    return list(islice(network.delays(random.Random(seed)), PACKETS))  # noqa: S311 - no secret


def carried(uplink: Uplink, sound: np.ndarray, more: int = 20) -> np.ndarray:
    padded = np.concatenate([sound, np.zeros(more * FRAME, dtype=np.int16)])
    return np.concatenate([uplink.carry(frame) for frame in padded.reshape(-1, FRAME)])


@pytest.mark.parametrize(("loss", "burst"), [(0.05, 1.0), (0.05, 3.0), (0.1, 2.0)])
def test_so_many_packets_are_lost_and_in_such_runs(loss: float, burst: float) -> None:
    lost = [delay is None for delay in delays(Network(loss=loss, burst=burst))]
    runs = [len(list(run)) for is_lost, run in groupby(lost) if is_lost]
    assert sum(lost) / PACKETS == pytest.approx(loss, rel=0.04)
    assert sum(runs) / len(runs) == pytest.approx(burst, rel=0.04)


def test_jitter_delays_by_its_mean_and_never_by_more_than_twice_that() -> None:
    late = [delay for delay in delays(Network(jitter_ms=30)) if delay is not None]
    assert np.mean(late) == pytest.approx(30, rel=0.02)
    assert 0 <= min(late)
    assert max(late) <= 60


def test_the_same_seed_does_the_same_and_another_does_not() -> None:
    network = Network(loss=0.1, burst=2, jitter_ms=10)
    assert delays(network) == delays(network)
    assert delays(network) != delays(network, seed=2)


def test_no_network_loses_more_than_its_bursts_allow() -> None:
    with pytest.raises(ValueError, match="needs bursts longer"):
        Network(loss=0.6, burst=1)


@pytest.mark.parametrize("packet_ms", [10, 20, 30, 40, 60])
@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_a_good_line_carries_every_sample_as_the_codec_leaves_it(packet_ms: int, law: str) -> None:
    encode, decode = (encode_ulaw, decode_ulaw) if law == "ulaw" else (encode_alaw, decode_alaw)
    uplink = Uplink(Network(packet_ms=packet_ms), law=law)  # type: ignore[arg-type]  # parametrize knows no literals
    out = carried(uplink, SOUND)
    later = uplink.latency_ms * 8
    whole = SOUND.size // (packet_ms * 8) * packet_ms * 8
    np.testing.assert_array_equal(out[later : later + whole], decode(encode(SOUND))[:whole])
    assert uplink.quality().lost == 0
    assert uplink.quality().reordered == 0


def test_what_is_lost_is_silence_and_nothing_moves() -> None:
    network = Network(loss=0.2, burst=2)
    out = carried(Uplink(network, seed=7), SOUND)
    fates = list(islice(network.delays(random.Random(7)), SOUND.size // FRAME))  # noqa: S311 - no secret
    coded = decode_ulaw(encode_ulaw(SOUND)).reshape(-1, FRAME)
    wanted = np.concatenate(
        [np.zeros(FRAME) if fate is None else frame for fate, frame in zip(fates, coded, strict=True)]
    )
    np.testing.assert_array_equal(out[: SOUND.size], wanted)


def test_jitter_within_the_buffer_is_not_heard_and_is_reported() -> None:
    uplink = Uplink(Network(jitter_ms=20), seed=3)
    out = carried(uplink, SOUND)
    later = uplink.latency_ms * 8
    np.testing.assert_array_equal(out[later : later + SOUND.size], decode_ulaw(encode_ulaw(SOUND)))
    assert uplink.latency_ms == 40
    # Arrivals are looked at every 20 ms, so the jitter of even delays over 40 ms is reported a little too high.
    assert 8 < uplink.quality().jitter_ms < 25


def test_packets_that_overtake_each_other_are_put_in_order_and_counted() -> None:
    uplink = Uplink(Network(reorder=0.1), seed=3)
    out = carried(uplink, np.tile(SOUND, 5))
    later = uplink.latency_ms * 8
    np.testing.assert_array_equal(out[later : later + 40_000], decode_ulaw(encode_ulaw(np.tile(SOUND, 5))))
    assert 10 < uplink.quality().reordered < 45
    assert uplink.quality().lost == 0
