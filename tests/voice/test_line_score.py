"""The E-model: known points of the recommendation, and what it does not know."""

from __future__ import annotations

import pytest

from core.call_ports import LineQuality
from voice.call.line_score import mean_opinion, opinion, rating


@pytest.mark.parametrize(
    ("r", "mos"), [(93.2, 4.41), (90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (0, 1), (100, 4.5)]
)
def test_ratings_become_the_opinions_of_g107(r: float, mos: float) -> None:
    assert opinion(r) == pytest.approx(mos, abs=0.01)  # G.107 annex B and G.109, table 1


def test_loss_and_delay_only_make_it_worse_and_bursts_worse_still() -> None:
    clean = rating(loss_percent=0, delay_ms=60)
    assert clean == pytest.approx(93.2 - 0.024 * 60)
    assert clean > rating(loss_percent=1, delay_ms=60) > rating(loss_percent=5, delay_ms=60)
    assert rating(loss_percent=5, delay_ms=60) > rating(loss_percent=5, delay_ms=60, burst=2.0)
    assert rating(loss_percent=0, delay_ms=300) < rating(loss_percent=0, delay_ms=170) - 10
    assert rating(loss_percent=100, delay_ms=2000) == 0


def test_a_line_without_packets_has_no_score() -> None:
    assert mean_opinion(LineQuality()) is None
    assert mean_opinion(LineQuality(received=1000)) == pytest.approx(4.4, abs=0.05)
    poor = mean_opinion(LineQuality(received=900, lost=100, jitter_ms=60, round_trip_ms=200))
    assert poor is not None and 1.5 < poor < 3.2
    assert mean_opinion(LineQuality(lost=10)) == pytest.approx(1.3, abs=0.3)


def test_losses_in_a_row_are_worse_for_the_ear_than_as_many_alone() -> None:
    alone, in_rows = (mean_opinion(LineQuality(received=950, lost=50, gaps=gaps)) for gaps in (48, 10))
    assert alone == pytest.approx(mean_opinion(LineQuality(received=950, lost=50)), abs=0.02)
    assert alone is not None and in_rows is not None and in_rows < alone - 0.05
