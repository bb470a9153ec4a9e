"""Scores become probabilities, and probabilities a decision."""

from __future__ import annotations

import numpy as np
import pytest

from perception.seeing.calibrate import Trial, calibrate


def _trials(seed: int, *, lead: float, count: int = 300) -> list[Trial]:
    """Return trials in which the right product leads by about `lead`, and as many without it."""
    draw = np.random.default_rng(seed)
    trials = []
    for _ in range(count):
        others = draw.normal(0.2, 0.08, 30)
        scores = np.append(others, 0.35 + lead + draw.normal(0, 0.05))
        order = np.argsort(-scores)
        trials.append(Trial(scores=scores[order], answer=int(np.flatnonzero(order == 30)[0])))
        trials.append(Trial(scores=-np.sort(-others), answer=None))
    return trials


def test_what_is_called_a_match_is_right_on_new_photos() -> None:
    learned = calibrate(_trials(1, lead=0.15))
    right = total = 0
    for trial in _trials(2, lead=0.15):
        score = learned.is_known(trial.scores) * learned.shares(trial.scores)[0]
        if score >= learned.match_from:
            total += 1
            right += trial.answer == 0
    assert total > 100
    assert right / total > 0.93


def test_probabilities_fit_how_often_they_come_true() -> None:
    learned = calibrate(_trials(1, lead=0.05))
    said = np.array([learned.is_known(t.scores) * learned.shares(t.scores)[0] for t in _trials(2, lead=0.05)])
    true = np.array([trial.answer == 0 for trial in _trials(2, lead=0.05)])
    for low, high in ((0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        within = (said >= low) & (said < high)
        assert abs(said[within].mean() - true[within].mean()) < 0.15


def test_known_things_are_kept_and_strangers_mostly_rejected() -> None:
    learned = calibrate(_trials(1, lead=0.15))
    known = [learned.is_known(t.scores) >= learned.unknown_below for t in _trials(2, lead=0.15) if t.answer is not None]
    strangers = [learned.is_known(t.scores) < learned.unknown_below for t in _trials(2, lead=0.15) if t.answer is None]
    assert np.mean(known) > 0.9
    assert np.mean(strangers) > 0.8


def test_where_nothing_can_be_told_apart_nothing_is_called_a_match() -> None:
    flat = [Trial(scores=np.full(5, 0.4), answer=place) for place in (0, 1, 2, None) for _ in range(20)]
    learned = calibrate(flat)
    assert learned.is_known(flat[0].scores) * learned.shares(flat[0].scores)[0] < learned.match_from


@pytest.mark.parametrize("answer", [0, None])
def test_trials_of_one_kind_only_still_give_a_calibration(answer: int | None) -> None:
    learned = calibrate([Trial(scores=np.array([0.9]), answer=answer)] * 3)
    assert 0 <= learned.is_known(np.array([0.9])) <= 1
    assert learned.shares(np.array([0.9])).sum() == pytest.approx(1)
