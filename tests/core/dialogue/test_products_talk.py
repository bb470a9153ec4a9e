from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.types import MatchDecision, ProductMatch

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk


@pytest.mark.parametrize(
    ("asked", "expected", "product"),
    [
        ("保温杯多少钱", "¥99", "vacuum-flask"),
        ("How much is the vacuum flask?", "¥99.00", "vacuum-flask"),
        ("那个蓝色的登山包有货吗", "蓝色", "commuter-backpack"),
        ("do you have waterproof backpacks", "Water-repellent", "commuter-backpack"),
        ("羽绒服怎么洗", "手洗", "down-jacket"),
        ("what's the battery life of the headphones", "40 hours", "wireless-headphones"),
        ("有没有给小孩的玩具", "积木", "building-blocks"),
        ("1.7L kettle in green", "¥199.00", "electric-kettle"),
        ("键盘有什么轴", "青轴", "mechanical-keyboard"),
    ],
)
async def test_a_question_is_answered_from_the_record(talk: Talk, asked: str, expected: str, product: str) -> None:
    assert expected in await talk(asked)
    assert f"product:{product}" in talk.cited and talk.cards


async def test_it_means_the_product_spoken_of(talk: Talk) -> None:
    await talk("do you have the backpack in red?")
    assert "¥229.00" in await talk("how much is it")
    assert "Water-repellent" in await talk("is it waterproof?")
    assert talk.cited == ["product:commuter-backpack"]


async def test_a_colour_that_lacks_is_said_to_lack(talk: Talk) -> None:
    said = await talk("背包有红色的吗")
    assert "没有红色的" in said and "黑色" in said


async def test_a_feature_the_record_does_not_speak_of_is_not_guessed(talk: Talk) -> None:
    await talk("保温杯")
    assert "没有写" in await talk("可以放洗碗机吗")


async def test_a_number_in_a_list_of_products_chooses(talk: Talk) -> None:
    await talk("有没有给小孩的玩具")
    second = talk.session.slots["listed"].partition(":")[2].split(",")[1]
    await talk("第二个多少钱")
    assert talk.cited == [f"product:{second}"]


async def test_a_button_of_a_card_chooses(talk: Talk) -> None:
    await talk("product:vacuum-flask")
    assert talk.cited == ["product:vacuum-flask"]


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("怎么退货", "how-to-return"),
        ("运费多少钱", "shipping-fees"),
        ("shipping cost", "shipping-fees"),
        ("can I pay with paypal", "payment-methods"),
        ("多久发货", "dispatch-time"),
        ("客服几点上班", "opening-hours"),
    ],
)
async def test_the_shops_ways_are_quoted_from_its_pages(talk: Talk, asked: str, page: str) -> None:
    await talk(asked)
    assert f"page:{page}" in talk.cited


@pytest.mark.parametrize("asked", ["你们卖钢琴吗", "do you sell laptops", "explain quantum mechanics", "明天会下雨吗"])
async def test_what_no_record_says_is_not_made_up(talk: Talk, asked: str) -> None:
    await talk(asked)
    assert talk.cited == [] and talk.cards == []


@pytest.mark.parametrize("asked", ["你们有什么商品", "What do you sell?"])
async def test_what_the_shop_sells_is_named_by_category_and_each_can_be_pressed(talk: Talk, asked: str) -> None:
    await talk(asked)
    assert len(talk.buttons) == 8
    for press in tuple(talk.buttons):
        await talk(press)
        assert talk.cards, press


def seen(decision: MatchDecision, *products: str) -> tuple[ProductMatch, ...]:
    return tuple(
        ProductMatch(attachment_id="a", sku=f"SKU-{product}", product_id=product, score=0.9, decision=decision)
        for product in products
    )


async def test_a_recognised_photo_is_answered_with_its_caption(talk: Talk) -> None:
    said = await talk("这个多少钱", matches=seen(MatchDecision.MATCH, "vacuum-flask"))
    assert "¥99" in said and talk.cards[0].title == "远山真空保温杯"


async def test_a_photo_with_a_colour_in_the_caption_answers_about_the_colour(talk: Talk) -> None:
    said = await talk("do you have this in red?", matches=seen(MatchDecision.MATCH, "commuter-backpack"))
    assert "doesn't come in red" in said


async def test_a_doubtful_photo_offers_candidates_and_keeps_the_question(talk: Talk) -> None:
    await talk("这个怎么洗", matches=seen(MatchDecision.ASK, "sports-bottle", "vacuum-flask", "ceramic-mug"))
    assert len(talk.cards) == 3
    assert [card.buttons[0].value for card in talk.cards][1] == "product:vacuum-flask"
    assert "请手洗" in await talk("第二个")
    assert talk.cited == ["product:vacuum-flask"]


async def test_a_photo_of_something_else_is_not_forced_to_a_product(talk: Talk) -> None:
    said = await talk("有这个吗", matches=seen(MatchDecision.UNKNOWN, "vacuum-flask"))
    assert "好像没有卖" in said and talk.cards == []


@pytest.mark.parametrize("flag", ["silence", "not_speech", "unreadable_photo", "hearing_off", "seeing_off"])
@pytest.mark.parametrize("locale", ["zh", "en"])
async def test_media_that_could_not_be_used_are_explained(talk: Talk, flag: str, locale: str) -> None:
    talk.locale = locale
    said = await talk("", flags=(flag,))
    assert said and talk.session.misses == 0
    assert talk.outcome and talk.outcome.language == locale
