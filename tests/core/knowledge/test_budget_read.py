from __future__ import annotations

import pytest

from core.knowledge.budget import Budget, read_budget


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("100块以内的杯子", Budget(0, 100)),
        ("headphones under 300", Budget(0, 300)),
        ("预算两百", Budget(0, 200)),
        ("不超过1500元", Budget(0, 1500)),
        ("50到100元的玩具", Budget(50, 100)),
        ("between $20 and $40", Budget(20, 40)),
        ("200块左右", Budget(150, 250)),
        ("订单3912701到哪了", None),
        ("1.7升的水壶", None),
        ("size 40 to 42", None),
    ],
)
def test_a_budget_is_read_and_other_numbers_are_not(text: str, budget: Budget | None) -> None:
    assert read_budget(text)[0] == budget
