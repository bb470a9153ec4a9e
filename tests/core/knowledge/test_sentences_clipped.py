from __future__ import annotations

import pytest

from core.knowledge.sentences import clipped


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("it is empty", 11, "it is empty"),
        ("switches off when it is empty", 27, "switches off when it is…"),
        ("水开后自动断电", 5, "水开后自…"),
        ("unbreakable", 6, "unbre…"),
    ],
)
def test_a_quote_ends_between_words_and_shows_that_something_is_left_out(text: str, most: int, short: str) -> None:
    assert clipped(text, most) == short
    assert len(clipped(text, most)) <= most
