from __future__ import annotations

import json

import pytest

from core.understand.entities import find_entities
from core.understand.normalise import normalise


def addresses(text: str, kind: str = "address") -> list[str]:
    return [e.value for e in find_entities(normalise(text), identifying=False, listing=False) if e.kind == kind]


def parts(**found: str) -> dict[str, str]:
    return found


SUNSET = parts(
    address1="742 Sunset Drive", address2="Suite 191", city="New York", state="NY", country="USA", zip="10065"
)
JING_AN = parts(
    address1="静安区南京西路100号", address2="5栋301室", city="上海", state="上海", country="中国", zip="200040"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("change the address to 742 Sunset Drive, Suite 191, New York, NY 10065 please", SUNSET),
        ("742 Sunset Drive\nSuite 191\nNew York, New York 10065\nUSA", SUNSET),
        ("Suite 191, 742 Sunset Drive, New York, 10065, NY and cancel the mug", SUNSET),
        ("seven forty two sunset drive suite one nine one new york new york one zero zero six five", SUNSET),
        ("send it to 742 sunset drive suite 191 new york ny 10065 usa thanks", SUNSET),
        (
            "101 Highway, New York, 10001",
            parts(address1="101 Highway", city="New York", state="NY", country="USA", zip="10001"),
        ),
        ("12 Main Street, Springfield", parts(address1="12 Main Street", city="Springfield")),
        (
            "12 Old Street, London N1 7AA, UK",
            parts(address1="12 Old Street", city="London", country="United Kingdom", zip="N1 7AA"),
        ),
        (
            "Kastanienallee 12, 10435 Berlin",
            parts(address1="Kastanienallee 12", city="Berlin", country="Germany", zip="10435"),
        ),
        ("寄到上海市静安区南京西路100号5栋301室，200040，谢谢", JING_AN),
        ("先别取消，把它的地址改成上海市静安区南京西路100号5栋301室 200040", JING_AN),
        ("麻烦改成 上海 静安区 南京西路一百号五栋三零一室 邮编200040", JING_AN),
        (
            "送到浙江杭州西湖区天目山路二十八号三单元五零一室",
            parts(address1="西湖区天目山路28号", address2="3单元501室", city="杭州", state="浙江", country="中国"),
        ),
    ],
)
def test_an_address_is_read_with_the_parts_that_stand_there(text: str, expected: dict[str, str]) -> None:
    assert [json.loads(value) for value in addresses(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    ["it arrived in 3 pieces on the way", "我去过上海", "a 2 way radio", "第三条路", "2 drive bays", "订单到上海了吗"],
)
def test_talk_is_no_address(text: str) -> None:
    assert addresses(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use my default address", ["default"]),
        ("改成我的默认地址", ["default"]),
        ("change my default address to 12 Elm Street, Denver, CO 80202", []),
        ("把默认地址改成上海市徐汇区衡山路20号", []),
        ("the home address in my profile", ["profile"]),
        ("same as order #W8277957", ["order:#W8277957"]),
        ("change the address of #W5056519 to be the same as order #W8277957", ["order:#W8277957"]),
        ("订单#W5056519的地址改成和#W8277957一样", ["order:#W8277957"]),
        ("send it to my Chicago address", ["city:Chicago"]),
        ("the one in Denver", ["city:Denver"]),
        ("my NYC address", ["city:New York"]),
        ("寄到我北京的地址", ["city:北京"]),
    ],
)
def test_a_known_address_is_pointed_at(text: str, expected: list[str]) -> None:
    assert addresses(text, "address_ref") == expected
