"""Values for slots, found in what customers say."""

from __future__ import annotations

from datetime import date

import pytest

from core.packs.load import load_pack
from core.packs.slots import Slot
from core.packs.values import find_value, shown
from core.understand.normalise import normalise

TODAY = date(2026, 11, 23)
"""A Monday."""


def _slot(name: str) -> Slot:
    return next(
        slots[name] for slots in (load_pack(pack).slots for pack in ("clinic", "bank", "telecom")) if name in slots
    )


def _found(name: str, text: str, *, asked: bool = True, corrected: bool = False) -> str:
    value = find_value(_slot(name), normalise(text), TODAY, asked=asked, corrected=corrected)
    return value.value if value else ""


@pytest.mark.parametrize(
    ("slot", "said", "value"),
    [
        ("department", "挂个皮肤科吧", "dermatology"),
        ("department", "the skin clinic please", "dermatology"),
        ("department", "dermatolgy", "dermatology"),
        ("department", "不是皮肤科，是眼科", "ophthalmology"),
        ("department", "not the dentist, the eye doctor", "ophthalmology"),
        ("department", "内科或者儿科", ""),
        ("department", "心脏外科", ""),
        ("day", "下周三吧", "2026-12-02"),
        ("day", "next Friday", "2026-12-04"),
        ("day", "今天不行，后天可以", "2026-11-25"),
        ("day", "the 25th", "2026-11-25"),
        ("day", "20号", "2026-12-20"),
        ("day", "31号", "2026-12-31"),
        ("day", "随便哪天", ""),
        ("phone", "我的手机号是138 1234 5678", "13812345678"),
        ("phone", "+86 13812345678", "+8613812345678"),
        ("phone", "二三点", ""),
        ("last_four", "末四位 6222", "6222"),
        ("last_four", "卡号 6222021234567890", ""),
        ("amount", "5万", "50000"),
        ("amount", "80,000", "80000"),
        ("amount", "三万元", "30000"),
        ("amount", "1500块", "1500"),
        ("amount", "13812345678", ""),
        ("days", "十天", "10"),
        ("days", "400 days", ""),
        ("contract", "是的", "yes"),
        ("contract", "不在合约期了", "no"),
        ("contract", "still running", "yes"),
        ("patient", "我叫张伟", "张伟"),
        ("patient", "it's Maria Sousa.", "Maria Sousa"),
        ("patient", "好心人", "好心人"),
    ],
)
def test_an_answer_is_read_as_the_slot_wants_it(slot: str, said: str, value: str) -> None:
    assert _found(slot, said) == value


@pytest.mark.parametrize(
    ("slot", "said", "value"),
    [
        ("visit", "网从今天早上开始断的", ""),
        ("visit", "it has been down since Monday", ""),
        ("visit", "昨天报过修，明天来吧", "2026-11-24"),
        ("amount", "我要转 3", ""),
        ("amount", "transfer 30,000 yuan", "30000"),
        ("patient", "张伟", ""),
        ("contract", "yes", ""),
    ],
)
def test_what_was_not_asked_for_counts_only_where_it_is_clear(slot: str, said: str, value: str) -> None:
    assert _found(slot, said, asked=False) == value


def test_of_several_the_correction_is_the_last() -> None:
    assert _found("day", "不是周三，改成周四", corrected=True) == "2026-11-26"
    assert _found("half", "上午不行，改下午", corrected=True) == "afternoon"


@pytest.mark.parametrize(
    ("slot", "value", "zh", "en"),
    [
        ("day", "2026-11-25", "11月25日（周三）", "Wednesday, 25 November"),
        ("department", "paediatrics", "儿科", "Paediatrics"),
        ("contract", "no", "否", "no"),
        ("patient", "张伟", "张伟", "张伟"),
        ("patient", "", "", ""),
    ],
)
def test_a_value_is_said_back_in_the_customers_language(slot: str, value: str, zh: str, en: str) -> None:
    assert (shown(_slot(slot), value, "zh"), shown(_slot(slot), value, "en")) == (zh, en)
