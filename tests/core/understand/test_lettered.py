"""Numbers and signs that stand in photos."""

from __future__ import annotations

import pytest

from core.types import AskKnowledge, MatchDecision, Percept, ProductMatch, SeenCode, SeenText, SetSlot, StartFlow
from core.understand.lettered import (
    READ,
    error_codes_in,
    is_in,
    matters,
    numbers_in,
    order_ids_in,
    with_lettering,
)


def shown(*lines: str, codes: tuple[str, ...] = (), flags: tuple[str, ...] = (), sure: bool = False) -> Percept:
    match = ProductMatch(attachment_id="a", sku="S", product_id="mug", score=0.9, decision=MatchDecision.MATCH)
    return Percept(
        message_id="m",
        texts=tuple(SeenText(attachment_id="a", text=line, confidence=0.9) for line in lines),
        codes=tuple(SeenCode(attachment_id="a", symbology="QR", value=value) for value in codes),
        matches=(match,) if sure else (),
        flags=flags,
    )


@pytest.mark.parametrize(
    "line",
    ["订单编号：#W5120356", "Order No.W5120356", "ORDER W5120356", "#w5120356", "W 512 0356", "OrderNumberW5120356",
     "W512O356", "订单W5120356复制"],
)  # fmt: skip
def test_a_number_of_the_records_is_found_as_it_is_printed(line: str) -> None:
    assert is_in("#W5120356", numbers_in(shown(line)))


@pytest.mark.parametrize(
    "line", ["W51203561", "1W5120356", "5120356", "W5120357", "订单", "https://x.example/W5120356"]
)
def test_another_number_is_not_taken_for_it(line: str) -> None:
    assert not is_in("#W5120356", numbers_in(shown(line)))


@pytest.mark.parametrize(("line", "found"), [("#1001", True), ("¥1001", False), ("1001", False), ("#10012", False)])
def test_a_short_number_counts_behind_its_sign_only(line: str, found: bool) -> None:
    assert is_in("#1001", numbers_in(shown(line))) is found


def test_a_parcels_number_in_a_bar_code_is_found() -> None:
    assert is_in("SF1234567890123", numbers_in(shown(codes=("SF1234567890123",))))


def test_a_number_beside_a_carrier_is_no_order() -> None:
    assert order_ids_in(shown("快递单号 SF123456789", "订单编号 #W5120356")) == ("#W5120356",)


def test_nothing_is_taken_from_a_photo_that_instructs() -> None:
    percept = shown("#W5120356", "E04", flags=("instruction_in_photo",))
    assert (numbers_in(percept), order_ids_in(percept), error_codes_in(percept)) == ((), (), ())


@pytest.mark.parametrize(
    ("line", "sign"),
    [("E04", "E04"), ("E-21", "E-21"), ("Err 7", "Err7"), ("错误代码：E3", "E3"), ("ERROR 404", "404"),
     ("故障码 F12", "F12"), ("Fault code: 31", "31")],
)  # fmt: skip
def test_signs_of_a_fault_are_read(line: str, sign: str) -> None:
    assert error_codes_in(shown(line)) == (sign,)


@pytest.mark.parametrize(
    "line", ["E27 灯头", "Model E-100 Pro", "12:30", "500 ml", "EUR 40", "L", "保质期 12 个月", "180°C"]
)
def test_sizes_and_names_are_no_signs_of_a_fault(line: str) -> None:
    assert error_codes_in(shown(line)) == ()


@pytest.mark.parametrize("words", ["这是什么意思？", "怎么办", "what does this mean?", "how do I fix this"])
def test_a_question_about_a_display_is_asked_with_its_sign(words: str) -> None:
    commands = with_lettering([], words, shown("E04", sure=True))
    assert commands == [
        SetSlot(slot="product_id", value="mug", source="photo", confidence=0.9),
        AskKnowledge(question=f"{words} E04", source="photo"),
    ]


def test_what_is_read_is_less_sure_than_what_is_typed() -> None:
    commands = with_lettering([StartFlow(flow="order_status")], "where is this order", shown("#W5120356"))
    assert commands is not None
    (read,) = (one for one in commands if isinstance(one, SetSlot))
    assert (read.slot, read.value, read.source) == (READ, "#W5120356", "photo") and read.confidence < 1


def test_a_product_that_is_certain_is_what_a_photo_is_about() -> None:
    assert with_lettering([StartFlow(flow="order_status")], "where is this", shown("#W5120356", sure=True)) is None


@pytest.mark.parametrize(
    "words", ["这个订单到哪了", "where is this order", "上面写的什么", "what does the label say", "报错了"]
)
def test_words_about_writing_ask_for_it(words: str) -> None:
    assert matters(words)


@pytest.mark.parametrize("words", ["这个多少钱", "有红色的吗", "do you have this in blue?", "how much is it", ""])
def test_words_about_goods_do_not(words: str) -> None:
    assert not matters(words)
