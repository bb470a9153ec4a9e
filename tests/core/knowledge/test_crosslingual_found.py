from __future__ import annotations

from pathlib import Path

import pytest

from core.config import load
from core.errors import ConfigError
from core.knowledge.lexicon import load_lexicon
from core.knowledge.naming import product_mentions
from core.registry import build
from core.shop.formats.detect import read_shop
from tests.core.knowledge.catalogues import catalogue, library_of, questions, score

SAID = {
    "T-Shirt": "T恤", "Laptop": "笔记本电脑", "Running Shoes": "跑鞋", "Smartphone": "手机", "Backpack": "背包",
    "Coffee Maker": "咖啡机", "Water Bottle": "水瓶", "Desk Lamp": "台灯", "Notebook": "笔记本", "Sunglasses": "墨镜",
    "Wristwatch": "手表", "Electric Toothbrush": "电动牙刷", "Yoga Mat": "瑜伽垫", "Bluetooth Speaker": "蓝牙音箱",
    "Gaming Mouse": "鼠标", "Action Camera": "运动相机", "Garden Hose": "水管", "Hiking Boots": "登山鞋",
    "Tablet": "平板", "E-Reader": "电子书阅读器", "Portable Charger": "充电宝", "Indoor Security Camera": "摄像头",
    "Electric Kettle": "电水壶", "Mechanical Keyboard": "键盘", "Wireless Earbuds": "耳机",
    "Smart Thermostat": "恒温器",
    "Fleece Jacket": "抓绒衣", "Wall Clock": "挂钟", "Dumbbell Set": "哑铃", "Pet Bed": "宠物床",
    "Espresso Machine": "意式咖啡机", "Cycling Helmet": "头盔", "LED Light Bulb": "灯泡", "Digital Camera": "数码相机",
    "Bookshelf": "书架", "Bicycle": "自行车", "Sneakers": "运动鞋", "Office Chair": "办公椅", "Smart Watch": "智能手表",
    "Tea Kettle": "烧水壶", "Luggage Set": "行李箱", "Patio Umbrella": "遮阳伞", "Air Purifier": "空气净化器",
    "Makeup Kit": "化妆盒", "Skateboard": "滑板", "Jigsaw Puzzle": "拼图", "Grill": "烤架", "Headphones": "耳机",
    "Vacuum Cleaner": "吸尘器", "Perfume": "香水",
}  # fmt: skip


@pytest.mark.parametrize(
    ("shop", "half", "first", "variants"),
    [
        ("english", "tuned", 1.0, 1.0),
        ("english", "held", 0.95, 0.9),
        ("chinese", "tuned", 0.97, 0.97),
        ("chinese", "held", 0.95, 0.9),
    ],
)
async def test_words_alone_find_goods_recorded_in_the_other_language(
    shop: str, half: str, first: float, variants: float
) -> None:
    products = catalogue(shop)
    found = await score(questions(f"{shop}_shop_{half}"), products, await library_of(products, None))
    assert found.first >= first and found.among_five >= 0.98 and found.variants >= variants, found.missed


@pytest.mark.models
@pytest.mark.parametrize("shop", ["english", "chinese"])
async def test_words_and_vectors_together_miss_hardly_any(shop: str) -> None:
    settings = load()
    encoder = build("sentences", settings.backends.sentences, settings.models.folder)
    products = catalogue(shop)
    library = await library_of(products, encoder)
    for half in ("tuned", "held"):
        found = await score(questions(f"{shop}_shop_{half}"), products, library)
        assert found.first >= 0.98 and found.among_five >= 0.98, found.missed


def test_a_sort_of_a_thing_is_found_before_another_sort() -> None:
    lexicon = load_lexicon()
    assert lexicon.broader("thing", "hiking_backpack") == ("backpack", "bag")
    assert "water_vessel" in lexicon.broader("thing", "electric_kettle")


async def test_every_kind_of_goods_of_the_retail_data_is_named_in_chinese(shared_data: Path) -> None:
    shop = read_shop(shared_data / "retail" / "db.json").records
    lexicon = load_lexicon()
    by_name = {product.names["en"]: product for product in shop.products.values()}
    missed = [
        name
        for name, said in SAID.items()
        if by_name[name].product_id
        not in {one.product_id for one in product_mentions(f"我买的{said}坏了", list(by_name.values()), lexicon)}
    ]
    assert not missed and len(SAID) == len(by_name)


def test_a_sort_of_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.yaml"
    file.write_text("thing:\n  cap: [cap]\nbroader:\n  thing:\n    cap: [hat]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'broader' names thing:hat, which is no concept"):
        load_lexicon(file)
