from __future__ import annotations

import pytest

from core.understand.clauses import clauses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("查下物流，顺便问下保温杯多少钱", ["查下物流", "问下保温杯多少钱"]),
        ("How much is the kettle and is the mat in stock?", ["How much is the kettle", "is the mat in stock"]),
        ("多少钱？有粉色吗？", ["多少钱", "有粉色吗"]),
        ("算了，不退了，换货吧", ["算了", "不退了", "换货吧"]),
        ("还有货吗", ["还有货吗"]),
        ("¥1.50 each", ["¥1.50 each"]),
        ("", []),
    ],
)
def test_a_message_is_parted_where_a_new_request_may_begin(text: str, parts: list[str]) -> None:
    assert [clause.text for clause in clauses(text)] == parts
