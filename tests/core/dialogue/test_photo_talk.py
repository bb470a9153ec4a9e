"""Customers with photos of goods: several things, the one pointed at, views of one thing, photos too poor to know."""

from __future__ import annotations

import pytest

from core.sights import MatchDecision, ProductMatch, Region
from core.types import Attachment, AttachmentKind
from tests.core.dialogue.conftest import Talk

MATCH, ASK, UNKNOWN = MatchDecision.MATCH, MatchDecision.ASK, MatchDecision.UNKNOWN
LEFT, RIGHT = (0.0, 0.2, 0.4, 0.8), (0.6, 0.2, 1.0, 0.8)
MUG, KETTLE = ("ceramic-mug", "MUG-RED-350ML"), ("electric-kettle", "KETTLE-WHITE-1.2L")


def photo(name: str, video: str = "") -> Attachment:
    return Attachment(
        id=name, kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=9, sha256=name, video=video
    )


def seen(
    *products: tuple[str, str],
    decision: MatchDecision = MATCH,
    on: str = "a",
    thing: int = 0,
    region: Region = (0.0, 0.0, 1.0, 1.0),
    scores: tuple[float, ...] = (),
) -> tuple[ProductMatch, ...]:
    return tuple(
        ProductMatch(
            attachment_id=on,
            sku=sku,
            product_id=product,
            score=scores[at] if scores else 0.9,
            decision=decision,
            thing=thing,
            region=region,
        )
        for at, (product, sku) in enumerate(products)
    )


BOTH = (*seen(MUG, region=RIGHT), *seen(KETTLE, thing=1, region=LEFT))


@pytest.fixture(autouse=True)
def chinese(talk: Talk) -> None:
    talk.locale = "zh"  # for photos without a word


async def test_the_variant_that_the_photo_shows_is_the_one_spoken_of(talk: Talk) -> None:
    said = await talk("这个多少钱", matches=seen(MUG), attachments=(photo("a"),))
    assert "马克杯（红色，350 毫升）的价格是 ¥49" in said
    assert talk.cards[0].sku == "MUG-RED-350ML"


async def test_a_size_that_no_picture_can_show_is_not_claimed(talk: Talk) -> None:
    said = await talk("", matches=seen(KETTLE), attachments=(photo("a"),))
    assert "¥159" in said and "¥199" in said and "1.2" not in said


async def test_two_things_in_a_photo_are_both_named_with_where_they_are(talk: Talk) -> None:
    said = await talk("", matches=BOTH, attachments=(photo("a"),))
    assert "右边的晨光陶瓷马克杯（红色）" in said and "左边的青瓷系列电热水壶（白色）" in said
    assert [card.buttons[0].value for card in talk.cards] == ["product:ceramic-mug", "product:electric-kettle"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("左边那个多少钱", "电热水壶（白色）的价格"),
        ("how much is the one on the right?", "Mug (red, 350 ml) costs"),
        ("红色的那个多少钱", "马克杯（红色，350 毫升）的价格"),
        ("how much is the white one?", "Kettle (white) costs"),
        ("第二个多少钱", "电热水壶（白色）的价格"),
        ("马克杯多少钱", "马克杯（红色，350 毫升）的价格"),
    ],
)
async def test_one_of_two_things_is_meant_by_its_side_its_colour_its_place_or_its_name(
    talk: Talk, asked: str, answer: str
) -> None:
    await talk("", matches=BOTH, attachments=(photo("a"),))
    assert answer in await talk(asked)


async def test_a_caption_that_points_is_answered_about_that_thing_alone(talk: Talk) -> None:
    said = await talk("左边这个多少钱", matches=BOTH, attachments=(photo("a"),))
    assert "电热水壶（白色）的价格" in said and "马克杯" not in said


async def test_what_is_asked_of_both_is_told_of_both(talk: Talk) -> None:
    await talk("", matches=BOTH, attachments=(photo("a"),))
    said = await talk("这两个分别多少钱")
    assert "马克杯（红色，350 毫升）的价格是 ¥49" in said and "电热水壶（白色）的价格" in said


async def test_views_of_one_thing_are_answered_once(talk: Talk) -> None:
    matches = (*seen(MUG), *seen(KETTLE, MUG, decision=ASK, on="b", scores=(0.5, 0.4)))
    said = await talk("这个多少钱", matches=matches, attachments=(photo("a"), photo("b")))
    assert said.count("马克杯") == 1 and "水壶" not in said


async def test_frames_of_one_video_show_one_thing(talk: Talk) -> None:
    matches = (*seen(MUG), *seen(MUG, on="b"), *seen(KETTLE, decision=UNKNOWN, on="c"))
    said = await talk("", matches=matches, attachments=tuple(photo(name, video="v") for name in "abc"))
    assert "没认出来" not in said and len(talk.cards) == 1


async def test_a_photo_that_is_not_known_beside_one_that_is_gets_a_word(talk: Talk) -> None:
    matches = (*seen(MUG), *seen(KETTLE, decision=UNKNOWN, on="b"))
    said = await talk("", matches=matches, attachments=(photo("a"), photo("b")))
    assert "马克杯" in said and "没认出来" in said


@pytest.mark.parametrize("choice", ["第二个", "水壶", "白色的那个", "product:electric-kettle"])
async def test_a_candidate_is_chosen_by_place_name_colour_or_press_in_its_colour(talk: Talk, choice: str) -> None:
    said = await talk("这个多少钱", matches=seen(MUG, KETTLE, decision=ASK), attachments=(photo("a"),))
    assert "您看是哪一个" in said and len(talk.cards) == 2
    assert "电热水壶（白色）的价格" in await talk(choice)


FLASK, BOTTLE = ("vacuum-flask", "FLASK-SILVER-350ML"), ("sports-bottle", "BOTTLE-PURPLE-1000ML")
UNSURE = (
    *seen(MUG, KETTLE, decision=ASK, region=RIGHT),
    *seen(FLASK, BOTTLE, decision=ASK, thing=1, region=LEFT),
)


@pytest.mark.parametrize(
    ("asked", "in_turn", "next_one"), [("这些多少钱", "一样一样来", "还有一样"), ("how much?", "one at a time", "next")]
)
async def test_two_things_that_are_not_sure_are_asked_about_one_after_the_other(
    talk: Talk, asked: str, in_turn: str, next_one: str
) -> None:
    said = await talk(asked, matches=UNSURE, attachments=(photo("a"),))
    assert in_turn in said and [card.buttons[0].value for card in talk.cards] == [
        "product:ceramic-mug", "product:electric-kettle"
    ]  # fmt: skip
    said = await talk("product:electric-kettle")
    assert said.index("¥159") < said.index(next_one)
    assert [card.buttons[0].value for card in talk.cards[-2:]] == ["product:vacuum-flask", "product:sports-bottle"]
    said = await talk("product:vacuum-flask")
    assert "¥99" in said and next_one not in said and in_turn not in said


async def test_one_thing_that_is_not_sure_is_asked_about_without_a_word_of_turns(talk: Talk) -> None:
    said = await talk("", matches=(*seen(MUG, on="b"), *UNSURE[2:]), attachments=(photo("a"), photo("b")))
    assert "一样一样来" not in said and "您看是哪一个" in said
    assert "还有一样" not in await talk("第二个")


async def test_who_asks_something_else_is_not_asked_about_the_second_thing(talk: Talk) -> None:
    await talk("", matches=UNSURE, attachments=(photo("a"),))
    assert "还有一样" not in await talk("你们几点开门")


async def test_a_candidate_without_a_chance_is_not_asked_about(talk: Talk) -> None:
    matches = seen(MUG, KETTLE, decision=ASK, scores=(0.7, 0.001))
    said = await talk("", matches=matches, attachments=(photo("a"),))
    assert "可能是这一款" in said and "水壶" not in said


@pytest.mark.parametrize(("flag", "words"), [("dark_photo", "太暗"), ("blurred_photo", "模糊")])
async def test_a_poor_photo_is_asked_for_again_and_not_called_unsold(talk: Talk, flag: str, words: str) -> None:
    said = await talk("有这个吗", matches=seen(MUG, decision=UNKNOWN), attachments=(photo("a"),), flags=(flag,))
    assert words in said and "没有卖" not in said


async def test_a_photo_answers_which_of_the_goods_shall_go_back(talk: Talk) -> None:
    await talk("chen.jing@example.com")
    said = await talk("退照片里这个", matches=seen(("electric-kettle", "KETTLE-GREEN-1.2L")), attachments=(photo("a"),))
    assert "电热水壶（白色，1.7 升" in said  # the order says what was bought, the photo only which of the goods
    assert talk.shop.done == []


@pytest.mark.parametrize(
    "words", ["这款", "类似这个的", "就这种的", "帮我看看这个", "this one", "similar to this", "here, this pls 谢谢"]
)
async def test_words_that_only_point_are_about_what_the_photo_shows(talk: Talk, words: str) -> None:
    said = await talk(words, matches=seen(MUG), attachments=(photo("a"),))
    assert [card.sku for card in talk.cards] == ["MUG-RED-350ML"]
    assert not talk.session.stack and "@" not in said


@pytest.mark.parametrize("words", ["我的这个订单到哪了", "where is this order of mine?"])
async def test_words_of_an_order_beside_a_photo_are_about_the_order(talk: Talk, words: str) -> None:
    await talk(words, matches=seen(MUG), attachments=(photo("a"),))
    assert talk.session.stack and not talk.cards


@pytest.mark.parametrize(("words", "answer"), [("谢谢", "不客气"), ("thx", "不客气"), ("thanks a lot!", "welcome")])
async def test_thanks_with_a_sticker_are_no_question_about_it(talk: Talk, words: str, answer: str) -> None:
    said = await talk(words, matches=seen(MUG, decision=UNKNOWN), attachments=(photo("a"),))
    assert answer in said and "没有卖" not in said and "don't seem" not in said


@pytest.mark.parametrize(("words", "price"), [("这个多少钱 hurry pls", "¥49"), ("how much is this 呀", "¥49")])
async def test_a_question_about_a_blurred_photo_waits_for_a_sharp_one(talk: Talk, words: str, price: str) -> None:
    said = await talk(words, attachments=(photo("a"),), flags=("blurred_photo",))
    assert len(said.splitlines()) == 1  # that it is too blurred, and nothing of what is not known
    assert price in await talk("", matches=seen(MUG), attachments=(photo("b"),))


@pytest.mark.parametrize("words", ["M码的 black 有吗 hurry", "有蓝色的吗 赶时间"])
async def test_haste_is_not_looked_for_in_the_catalogue(talk: Talk, words: str) -> None:
    await talk("", matches=seen(MUG), attachments=(photo("a"),))
    said = await talk(words)
    assert talk.cards and "hurry" not in said and "赶时间" not in said


@pytest.mark.parametrize("words", ["换成蓝色的有吗", "算了 换 blue", "change to blue", "wait 不要了, change 成 blue"])
async def test_another_colour_of_what_the_photo_shows_is_no_exchange(talk: Talk, words: str) -> None:
    await talk("", matches=seen(MUG), attachments=(photo("a"),))
    await talk(words)
    assert [card.sku for card in talk.cards] == ["MUG-BLUE-350ML"] and not talk.session.stack


async def test_the_cheaper_of_two_unlike_things_is_told_without_all_that_differs(talk: Talk) -> None:
    shoes = seen(("running-shoes", "RUNSHOE-WHITE-38"), on="b")
    said = await talk("哪个便宜", matches=(*seen(MUG), *shoes), attachments=(photo("a"), photo("b")))
    assert "论价格是晨光陶瓷马克杯，¥49" in said and "材质" not in said


async def test_the_cheaper_of_two_of_one_kind_is_told_with_what_differs(talk: Talk) -> None:
    flask = seen(("vacuum-flask", "FLASK-SILVER-350ML"), on="b")
    said = await talk("哪个便宜", matches=(*seen(MUG), *flask), attachments=(photo("a"), photo("b")))
    assert "论价格是" in said and "材质" in said
