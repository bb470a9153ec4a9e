"""Another institution's business is told apart from a shop's, also where its words are the same."""

from __future__ import annotations

import pytest

from core.understand.elsewhere import named_elsewhere


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("护照几天能办下来", "护照"),
        ("how do I cancel my gym membership", "gym membership"),
        ("landlord wont refund my deposit", "landlord"),
        ("我在医院，能晚点送吗", ""),
        ("I'm at the airport, can I pay later", ""),
        ("房东把我的快递拒收了", ""),
        ("deliver it to my landlord", ""),
        ("how long does a refund take", ""),
        ("trainers in size 40", ""),
    ],
)
def test_what_is_named_counts_and_where_one_is_does_not(text: str, thing: str) -> None:
    assert named_elsewhere(text) == thing
