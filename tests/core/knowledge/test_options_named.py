from __future__ import annotations

import pytest

from core.knowledge.lexicon import load_lexicon
from core.knowledge.naming import product_mentions
from core.knowledge.options import option_mentions
from core.knowledge.orderings import Ranking, ordered_values, wanted_order, wanted_ranking
from core.shop.records import OrderItem, Product, Variant

LEXICON = load_lexicon()


def product(name: str, **options: str) -> Product:
    """Return a product with all combinations of its options cut down to one variant per value."""
    listed = {option.replace("_", " "): values.split("|") for option, values in options.items()}
    longest = max(map(len, listed.values()))
    return Product(
        product_id=name.lower().replace(" ", "-"),
        names={"zh" if not name.isascii() else "en": name},
        variants={
            str(at): Variant(
                item_id=str(at), options={o: values[at % len(values)] for o, values in listed.items()}, price=10.0 + at
            )
            for at in range(longest)
        },
    )


GOODS = {
    "keyboard": product("Mechanical Keyboard", switch_type="clicky|linear|tactile", backlight="RGB|none|white",
                        size="60%|80%|full size"),
    "glasses": product("Sunglasses", frame_color="black|brown|silver", lens_color="black|blue|brown|green",
                       lens_type="polarized|non-polarized", frame_material="metal|plastic"),
    "boots": product("Hiking Boots", size="7|8|9|10", material="leather|synthetic", waterproof="yes|no"),
    "laptop": product("Laptop", screen_size="13-inch|15-inch|17-inch", ram="8GB|16GB|32GB",
                      storage="256GB SSD|512GB SSD|1TB SSD", color="black|space grey"),
    "kettle": product("Electric Kettle", capacity="1L|1.5L|2L", material="glass|stainless steel", color="black|white"),
    "coat": product("Down Coat", color="navy|black|red", size="XS|S|M|L|XL|XXL"),
    "hose": product("Garden Hose", length="25ft|50ft|100ft", material="rubber|vinyl"),
    "bulb": product("Light Bulb", brightness="60W equivalent|100W equivalent", color_temperature="daylight|warm white"),
    "home": product("Thermostat", compatibility="Apple HomeKit|Google Assistant|Amazon Alexa", color="black|white"),
    "jigsaw": product("Jigsaw Puzzle", pieces="500|1000|2000", difficulty_level="beginner|intermediate|expert"),
    "buds": product("Wireless Earbuds", water_resistance="IPX4|IPX7|not resistant", battery_life="4 hours|8 hours"),
    "jacket": product("Fleece Jacket", zipper="full|half", color="navy|red"),
    "vacuum": product("Vacuum Cleaner", type="robotic|upright|canister", bag="bagged|bagless"),
    "杯子": product("保温杯", 颜色="藏青色|米色|玫瑰金", 容量="350毫升|500毫升|1升", 材质="不锈钢|陶瓷"),
    "鞋": product("登山鞋", 尺码="39码|40码|41码", 防水="是|否", 颜色="军绿色|黑色"),
    "键盘": product("机械键盘", 轴体="青轴|红轴|茶轴", 背光="无|白色背光|RGB"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("named", "text", "expected"),
    [
        ("keyboard", "我要青轴的，带白色背光，全尺寸", "switch type=clicky backlight=white size=full size"),
        ("keyboard", "linear without backlight, 80%", "switch type=linear backlight=none size=80%"),
        ("keyboard", "无背光的茶轴，百分之六十的", "backlight=none switch type=tactile size=60%"),
        ("glasses", "black frame with green lenses", "frame color=black lens color=green"),
        ("glasses", "镜框银色，镜片绿色，不偏光", "frame color=silver lens color=green lens type=non-polarized"),
        ("glasses", "lens colour black", "lens color=black"),
        ("glasses", "non-polarised with a metal frame", "lens type=non-polarized frame material=metal"),
        ("boots", "size 9, waterproof", "size=9 waterproof=yes"),
        ("boots", "9码不防水的皮的", "size=9 waterproof=no material=leather"),
        ("boots", "a pair in size ten that is not waterproof", "size=10 waterproof=no"),
        ("boots", "换成8号", "size=8"),
        ("laptop", "16 gigs of memory, 512 storage, 15寸", "ram=16GB storage=512GB SSD screen size=15-inch"),
        ("laptop", "太空灰，一个T的硬盘", "color=space grey storage=1TB SSD"),
        ("laptop", 'the 17" in space gray with 32GB', "screen size=17-inch color=space grey ram=32GB"),
        ("kettle", "一升半玻璃的", "capacity=1.5L material=glass"),
        ("kettle", "1500ml stainless one in white", "capacity=1.5L material=stainless steel color=white"),
        ("kettle", "two litre glass", "capacity=2L material=glass"),
        ("coat", "藏青加大", "color=navy size=XL"),
        ("coat", "blue, extra large", "color=navy size=XL"),
        ("coat", "size m in red", "size=M color=red"),
        ("coat", "特小号黑的", "size=XS color=black"),
        ("hose", "100 英尺的橡胶管", "length=100ft material=rubber"),
        ("hose", "fifty feet, vinyl", "length=50ft material=vinyl"),
        ("bulb", "60瓦的暖光", "brightness=60W equivalent color temperature=warm white"),
        ("home", "Google Assistant", "compatibility=Google Assistant"),
        ("home", "支持亚马逊的白色", "compatibility=Amazon Alexa color=white"),
        ("jigsaw", "两千片的，难度高级", "pieces=2000 difficulty level=expert"),
        ("jigsaw", "1,000-piece for beginners", "pieces=1000 difficulty level=beginner"),
        ("buds", "七级防水 续航8小时", "water resistance=IPX7 battery life=8 hours"),
        ("buds", "not water resistant", "water resistance=not resistant"),
        ("jacket", "full zip in navy", "zipper=full color=navy"),
        ("jacket", "半拉链红色", "zipper=half color=red"),
        ("vacuum", "无尘袋的扫地机器人", "bag=bagless type=robotic"),
        ("vacuum", "upright, no bag", "type=upright bag=bagless"),
        ("杯子", "the navy one, half a litre, in steel", "颜色=藏青色 容量=500毫升 材质=不锈钢"),
        ("杯子", "beige ceramic 1l", "颜色=米色 材质=陶瓷 容量=1升"),
        ("杯子", "rose gold 350 ml", "颜色=玫瑰金 容量=350毫升"),
        ("鞋", "size 40 waterproof in olive", "尺码=40码 防水=是 颜色=军绿色"),
        ("键盘", "blue switches, no backlight", "轴体=青轴 背光=无"),
        ("键盘", "tactile with white backlight", "轴体=茶轴 背光=白色背光"),
    ],
)
def test_the_options_of_a_product_are_heard_in_either_language(named: str, text: str, expected: str) -> None:
    found = option_mentions(text, GOODS[named], LEXICON)
    assert " ".join(f"{one.option}={one.value}" for one in found) == expected
    assert not any(one.negated for one in found)


@pytest.mark.parametrize(
    ("named", "text", "refused", "wanted"),
    [
        ("coat", "not black", "black", ""),
        ("coat", "不要黑色，要红色", "black", "red"),
        ("coat", "red, not navy or black", "navy black", "red"),
        ("coat", "change it from red to navy", "red", "navy"),
        ("coat", "把黑色的换成藏青的", "black", "navy"),
        ("coat", "黑色的不要，红色可以", "black", "red"),
        ("home", "Google Assistant instead of Apple HomeKit", "Apple HomeKit", "Google Assistant"),
        ("kettle", "anything but glass", "glass", ""),
        ("jacket", "from half zip to full zip", "half", "full"),
    ],
)
def test_what_is_not_wanted_is_told_from_what_is(named: str, text: str, refused: str, wanted: str) -> None:
    found = option_mentions(text, GOODS[named], LEXICON)
    assert " ".join(one.value for one in found if one.negated) == refused
    assert " ".join(one.value for one in found if not one.negated) == wanted


@pytest.mark.parametrize(
    ("named", "text"),
    [
        ("coat", "明白了，谢谢"),
        ("coat", "粉红色的有吗"),
        ("coat", "it's order W1234567"),
        ("boots", "two pairs please, I paid $9"),
        ("laptop", "my order 8 days ago"),
        ("kettle", "I bought 2 of them"),
        ("jigsaw", "the hard way"),
    ],
)
def test_words_that_name_no_option_name_none(named: str, text: str) -> None:
    assert option_mentions(text, GOODS[named], LEXICON) == ()


def test_a_word_of_two_options_gives_both_readings() -> None:
    found = option_mentions("the black one", GOODS["glasses"], LEXICON)
    assert [(one.option, one.value) for one in found] == [("frame color", "black"), ("lens color", "black")]
    assert len({(one.start, one.end) for one in found}) == 1


def test_a_word_that_several_values_answer_gives_each() -> None:
    shades = product("Scarf", color="navy|light blue|black")
    assert [one.value for one in option_mentions("a blue one", shades, LEXICON)] == ["navy", "light blue"]
    assert [one.value for one in option_mentions("藏青色", shades, LEXICON)] == ["navy"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the cheapest one", "cheapest"), ("最便宜的", "cheapest"), ("有便宜点的吗", "cheaper"),
        ("most expensive please", "most_expensive"), ("最贵的那个", "most_expensive"),
        ("a bigger one", "bigger"), ("大一号", "bigger"), ("one size up", "bigger"), ("小一码", "smaller"),
        ("最大的", "biggest"), ("brighter", "brighter"), ("亮一点", "brighter"), ("more storage", "more"),
        ("higher resolution", "higher"), ("the lightest", "lightest"), ("大号的", ""), ("one more thing", ""),
        ("hello", ""),
    ],
)  # fmt: skip
def test_more_and_less_are_heard(text: str, wanted: str) -> None:
    assert wanted_order(text) == wanted


def test_values_are_ordered_by_what_they_measure() -> None:
    assert ordered_values(GOODS["laptop"], "storage") == ("256GB SSD", "512GB SSD", "1TB SSD")
    assert ordered_values(GOODS["coat"], "size") == ("XS", "S", "M", "L", "XL", "XXL")
    assert ordered_values(GOODS["杯子"], "容量") == ("350毫升", "500毫升", "1升")
    assert ordered_values(GOODS["coat"], "color") == ()


def test_a_ranking_names_the_option_that_is_meant() -> None:
    assert wanted_ranking("more storage", GOODS["laptop"]) == Ranking("storage", "more")
    assert wanted_ranking("屏幕小一点的", GOODS["laptop"]) == Ranking("screen size", "less")
    assert wanted_ranking("the cheapest", GOODS["laptop"]) == Ranking("price", "least")
    assert wanted_ranking("a longer one", GOODS["hose"]) == Ranking("length", "more")
    assert wanted_ranking("a brighter one", GOODS["hose"]) is None


KETTLES = (GOODS["kettle"], product("Tea Kettle", capacity="1 liter|2 liters"))
HOUSE = (GOODS["keyboard"], GOODS["buds"], GOODS["boots"], GOODS["jigsaw"], GOODS["home"])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("return the keyboard and the thermostat", ["mechanical-keyboard", "thermostat"]),
        ("键盘和恒温器都退了", ["mechanical-keyboard", "thermostat"]),
        ("my earbuds are broken", ["wireless-earbuds"]),
        ("耳机坏了", ["wireless-earbuds"]),
        ("拼图少了一片", ["jigsaw-puzzle"]),
        ("the jig saw puzzle", ["jigsaw-puzzle"]),
        ("登山鞋小了", ["hiking-boots"]),
        ("hikingboots", ["hiking-boots"]),
        ("包裹还没到", []),
        ("nothing of that", []),
    ],
)
def test_products_are_named_in_either_language(text: str, named: list[str]) -> None:
    assert [one.product_id for one in product_mentions(text, HOUSE, LEXICON)] == named


def test_a_shared_word_means_both_and_a_longer_name_only_one() -> None:
    both = product_mentions("the kettle is broken", KETTLES, LEXICON)
    assert {one.product_id for one in both} == {"electric-kettle", "tea-kettle"}
    assert len({one.strength for one in both}) == 1
    for text in ("the electric kettle", "电水壶坏了"):
        assert [one.product_id for one in product_mentions(text, KETTLES, LEXICON)] == ["electric-kettle"]


def test_items_of_an_order_are_named_as_products_are() -> None:
    item = OrderItem(name="Luggage Set", product_id="p1", item_id="i1", price=1.0, options={})
    assert [one.product_id for one in product_mentions("行李箱轮子坏了", [item], LEXICON)] == ["p1"]
