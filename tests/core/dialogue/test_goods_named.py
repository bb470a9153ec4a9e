"""What the words about a swap name: goods, and what they should become."""

from __future__ import annotations

import pytest

from core.dialogue.wishes.goods import read_lines
from core.knowledge.lexicon import load_lexicon
from core.shop.records import Product, Variant
from core.understand.normalise import normalise


def product(name: str, **options: str) -> Product:
    """Return a product with one variant for each place in the options' values, which "|" parts."""
    names = [key.replace("_", " ") for key in options]
    rows = zip(*(values.split("|") for values in options.values()), strict=True)
    variants = {
        f"{name}{at}": Variant(item_id=f"{name}{at}", options=dict(zip(names, row, strict=True)), price=1.0)
        for at, row in enumerate(rows)
    }
    return Product(product_id=name, names={"en": name}, variants=variants)


SHOP = (
    product("Dumbbell Set", material="iron|rubber", set_type="fixed|adjustable"),
    product("Luggage Set", material="softshell|hardshell", color="red|black"),
    product("Grill", type="charcoal|gas|electric", features="rotisserie|side burner|none"),
    product("Coffee Maker", capacity="1 cup|4 cups", type="french press|espresso"),
    product("Backpack", color="green|grey", compartment="laptop|hydration"),
    product("Laptop", color="silver|black", ram="16GB|32GB"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "exchange my dumbbell set to one with iron and set type fixed and my luggage set to one with softshell",
            {"Dumbbell Set": {"material": "iron", "set type": "fixed"}, "Luggage Set": {"material": "softshell"}},
        ),
        ("把侧炉的烧烤架换成木炭、旋转烤架的", {"Grill": {"type": "charcoal", "features": "rotisserie"}}),
        (
            "swap the coffee maker for the 1 cup, french press version",
            {"Coffee Maker": {"capacity": "1 cup", "type": "french press"}},
        ),
        ("把电脑的背包换成绿色的", {"Backpack": {"color": "green"}}),
        (
            "背包换成绿色、电脑的，手提电脑换成32GB的",
            {"Backpack": {"color": "green", "compartment": "laptop"}, "Laptop": {"ram": "32GB"}},
        ),
        (
            "change my backpack for one with green color and laptop compartment and the laptop to one with 32GB",
            {"Backpack": {"color": "green", "compartment": "laptop"}, "Laptop": {"ram": "32GB"}},
        ),
        ("exchange the backpack and the laptop for silver ones", {"Backpack": {}, "Laptop": {"color": "silver"}}),
    ],
)
def test_an_option_is_no_goods_of_its_own(text: str, expected: dict[str, dict[str, str]]) -> None:
    text = normalise(text)
    lines, _ = read_lines(text, 0, len(text), (), SHOP, load_lexicon(), swaps=True)
    assert {line.product_id: dict(line.wanted) for line in lines} == expected
