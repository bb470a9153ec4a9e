"""What a customer reads becomes what a person would say, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.reading_aloud import aloud

ENGLISH = [
    # amounts
    ("$12.50", "twelve dollars and fifty cents"),
    ("It costs $1.", "It costs one dollar."),
    ("$1,299.00", "one thousand two hundred ninety-nine dollars"),
    ("$0.99", "ninety-nine cents"),
    ("£2.05", "two pounds and five pence"),
    ("¥39.90", "thirty-nine point nine yuan"),
    ("¥99 - ¥139", "ninety-nine yuan to one hundred thirty-nine yuan"),
    ("25 USD", "twenty-five dollars"),
    ("15% off", "fifteen percent off"),
    ("3.5 stars", "three point five stars"),
    ("12,000 customers", "twelve thousand customers"),
    ("-5 points", "minus five points"),
    # names of things
    ("order #W3912701", "order W, three nine one two, seven zero one"),
    ("SF1029384756", "S F, one zero two nine, three eight four seven, five six"),
    ("item 9612497925", "item nine six one two, four nine seven nine, two five"),
    ("#4821", "number four eight two one"),
    ("sku AB-1203", "sku A B, one two zero three"),
    # dates and times
    ("on 2025-03-14", "on March fourteenth, twenty twenty-five"),
    ("2025-03-14T09:05", "March fourteenth, twenty twenty-five, nine oh five"),
    ("3/1/2009", "March first, two thousand nine"),
    ("March 14, 2025", "March fourteenth, twenty twenty-five"),
    ("Mar 3rd", "March third"),
    ("14 March", "the fourteenth of March"),
    ("in 1999", "in nineteen ninety-nine"),
    ("10:30", "ten thirty"),
    ("10:00 am", "ten AM"),
    ("9am to 5:30 p.m. daily", "nine AM to five thirty PM daily"),
    ("at 7 p.m.", "at seven PM."),
    ("9:00", "nine o'clock"),
    ("14:05", "fourteen oh five"),
    ("9:00-21:30", "nine o'clock to twenty-one thirty"),
    ("2nd", "second"),
    ("21st", "twenty-first"),
    # ranges, sizes, units
    ("3-5 days", "three to five days"),
    ("3 – 5 days", "three to five days"),
    ("24/7", "twenty-four/seven"),
    ("30cm", "thirty centimeters"),
    ("1 kg", "one kilogram"),
    ("10x20 cm", "ten by twenty centimeters"),
    ("220V", "two hundred twenty volts"),
    ("5000mAh", "five thousand milliamp hours"),
    ("18°C", "eighteen degrees Celsius"),
    # addresses
    ("chen.wei88@example.com", "chen dot wei eight eight at example dot com"),
    ("https://www.example.com/returns.", "example dot com slash returns."),
    ("https://example.com/a/very/long/path?with=query", "example dot com"),
    ("415-555-0100", "four one five, five five five, zero one zero zero"),
    ("13812345678", "one three eight, one two three, four five six, seven eight"),
    # for the eye only
    ("**Free** returns 😊🎉", "Free returns"),
    ("# Returns\n- within 7 days\n- free", "Returns. within seven days. free"),
    ("[our policy](https://example.com/x)", "our policy"),
    ("`code` and _stress_", "code and stress"),
    ("<b>bold</b>", "bold"),
    ("red - large", "red, large"),
    ("salt & pepper", "salt and pepper"),
    ("ＡＢ１２", "A B, one two"),
    # found by hunting
    ("order w3912701", "order W, three nine one two, seven zero one"),
    ("10%–20% off", "ten percent to twenty percent off"),
    ("$1.5M", "one point five million dollars"),
    ("-$5.00", "minus five dollars"),
    ("$5/month", "five dollars per month"),
    ("100 km/h", "one hundred kilometers per hour"),
    ("3:30pm-5pm", "three thirty PM to five PM"),
    ("22/11/2026", "the twenty-second of November, twenty twenty-six"),
    ("the 1990s", "the nineteen nineties"),
    ("No. 5", "number five"),
    ('a 15" laptop', "a fifteen inch laptop"),
    ("1st-3rd", "first to third"),
    ("The T-shirt is well-made.", "The T-shirt is well-made."),
    ("", ""),
    ("😊", ""),
]

CHINESE = [
    ("¥39.90", "三十九点九元"),
    ("¥99 - ¥139", "九十九元到一百三十九元"),
    ("٣٥元", "三十五元"),
    ("¥1,299", "一千二百九十九元"),
    ("￥15", "十五元"),
    ("$12.50", "十二点五美元"),
    ("39.9元", "三十九点九元"),
    ("2元", "两元"),
    ("15%", "百分之十五"),
    ("5%-8%", "百分之五到百分之八"),
    ("85折", "八五折"),
    ("8.5折", "八五折"),
    ("订单W3912701", "订单 W 三九一二七零一"),
    ("#W3912701", "W 三九一二七零一"),
    ("快递单号SF1029384756", "快递单号 S F 一零，二九三八，四七五六"),
    ("2025-03-14", "二零二五年三月十四日"),
    ("2025年3月4日", "二零二五年三月四日"),
    ("3月14号", "三月十四号"),
    ("10:30", "十点半"),
    ("9:05", "九点零五分"),
    ("14:00", "十四点"),
    ("2:00", "两点"),
    ("9:00-21:00", "九点到二十一点"),
    ("3-5天", "三到五天"),
    ("2-3天", "两到三天"),
    ("3月14日-16日", "三月十四日到十六日"),
    ("下午2点", "下午两点"),
    ("https://a.cn/x²", "a点cn斜杠x²"),
    ("2个", "两个"),
    ("12个", "十二个"),
    ("第2个", "第二个"),
    ("7天无理由", "七天无理由"),
    ("10件", "十件"),
    ("24小时", "二十四小时"),
    ("1/2", "二分之一"),
    ("30cm", "三十厘米"),
    ("2kg", "两公斤"),
    ("1.5L", "一点五升"),
    ("18℃", "十八摄氏度"),
    ("13812345678", "一三八，一二三四，五六七八"),
    ("400-820-8820", "四零零，八二零，八八二零"),
    ("chen88@example.com", "chen八八艾特example点com"),
    ("https://www.example.com/help", "example点com斜杠help"),
    ("**好的** 😊", "好的"),
    ("- 第一\n- 第二", "第一。第二"),
    ("-3度", "负三度"),
    ("10000", "一万"),
    ("105", "一百零五"),
    ("iPhone 15 Pro", "iPhone 十五 Pro"),
    ("订单号 w3912701", "订单号 W 三九一二七零一"),
    ("-20℃", "负二十摄氏度"),
    ("第3-5天", "第三到五天"),
    ("1:1兑换", "一比一兑换"),
    ("2000多件", "两千多件"),
    ("20000元", "两万元"),
    ("", ""),
    ("🎉🎉", ""),
]


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_english_is_read_as_it_is_said(written: str, said: str) -> None:
    assert aloud(written, "en") == said


@pytest.mark.parametrize(("written", "said"), CHINESE)
def test_chinese_is_read_as_it_is_said(written: str, said: str) -> None:
    assert aloud(written, "zh") == said


_TELLING = "0123456789.,-/:%$¥#@ *|[](W年月"
"""Characters that mean something to the reader, so that random text hits its rules."""


@pytest.mark.parametrize("language", ["en", "zh"])
@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from(_TELLING)), max_size=80))
def test_any_text_leaves_no_digit_no_newline_and_no_markup(language: str, text: str) -> None:
    assert not any(c in "0123456789\n*|<>" for c in aloud(text, language))


@pytest.mark.parametrize(
    ("said", "language"), [(said, "en") for _, said in ENGLISH] + [(said, "zh") for _, said in CHINESE]
)
def test_reading_it_twice_changes_nothing(said: str, language: str) -> None:
    assert aloud(said, language) == said


def test_a_very_long_text_is_read_in_reasonable_time() -> None:
    assert "W, three nine" in aloud("Order #W3912701 costs $39.90. " * 3_000, "en")
