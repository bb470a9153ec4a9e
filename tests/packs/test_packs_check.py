"""The packs that come with the engine are whole, and big enough to prove something."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.dialogue.load import load_flows
from core.errors import ConfigError
from core.packs.folder import new_pack, strays
from core.packs.intents import SHARED
from core.packs.load import load_pack, read_pack
from core.packs.pack import BUILT_IN, Pack, built_in
from core.understand.sentences import load_intents
from core.understand.training import fingerprint
from core.wording.templates import load_templates

SMALL = ("bank", "clinic", "telecom")


def _own_intents(pack: Pack) -> list[str]:
    return [path.stem for path in (pack.folder / "intents").glob("*.yaml")]


def test_all_packs_are_listed_the_shop_first() -> None:
    assert built_in() == ("shop", *SMALL)


@pytest.mark.parametrize("name", ["shop", *SMALL])
def test_a_built_in_pack_has_no_mistake(name: str) -> None:
    pack, mistakes = read_pack(BUILT_IN / name)
    assert pack is not None and mistakes + strays(pack.folder, pack.languages) == []


@pytest.mark.parametrize("name", SMALL)
def test_a_small_pack_is_big_enough(name: str) -> None:
    pack = load_pack(name)
    own = {intent.name: intent for intent in pack.intents if intent.name in _own_intents(pack)}
    assert len(list((pack.folder / "flows").glob("*.yaml"))) >= 4 and len(own) >= 6
    assert all(len(own[one].sentences[language]) >= 40 for one in own for language in ("zh", "en"))
    assert len(pack.pages) >= 8 and all(set(page.bodies) == {"zh", "en"} for page in pack.pages.values())
    assert sum(len(group) for group in pack.rules.values()) >= 4


def test_a_pack_has_the_intents_of_any_business() -> None:
    pack = load_pack("telecom")
    assert SHARED.keys() <= {intent.name for intent in pack.intents}
    assert next(intent for intent in pack.intents if intent.name == "complaint").does == "flow:complaint"


def test_the_shop_as_a_pack_is_the_shop_as_before() -> None:
    shop = load_pack("shop")
    assert fingerprint(shop.intents) == fingerprint(load_intents())
    assert {key: dict(own) for key, own in shop.templates.sentences.items()} == load_templates().sentences
    assert shop.flows == load_flows() and shop.sells and shop.weights is not None


def test_a_pack_says_nothing_of_orders() -> None:
    """What a pack inherits of the shop's sentences, and can come to say, is worded for any business."""
    sentences = load_pack("clinic").templates.sentences
    reached = (
        "greeting",
        "help",
        "chat.",
        "empty",
        "not_understood",
        "ask_identity",
        "ask_name",
        "ask_zip",
        "identity_",
        "flag.",
        "offer_person",
    )
    for language, shop in (("zh", ("订单", "下单", "商品", "退换", "店里")), ("en", ("order", "product", "the shop"))):
        told = {key: text for key, text in sentences[language].items() if key.startswith(reached)}
        assert [key for key, text in told.items() if any(word in text for word in shop)] == []


def test_a_new_pack_has_no_mistake(tmp_path: Path) -> None:
    files = new_pack("car_wash", tmp_path / "car_wash")
    pack, mistakes = read_pack(tmp_path / "car_wash")
    assert pack is not None and pack.name == "car_wash" and mistakes == [] and all(file.is_file() for file in files)


@pytest.mark.parametrize("name", ["Car Wash", "2fast", "", "../up"])
def test_a_name_that_is_none_makes_no_pack(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="is no pack's name"):
        new_pack(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_pack_is_never_written_over_another(tmp_path: Path) -> None:
    new_pack("car_wash", tmp_path / "car_wash")
    with pytest.raises(ConfigError, match="is there already"):
        new_pack("car_wash", tmp_path / "car_wash")


def test_an_unknown_pack_is_told_with_those_that_are_there() -> None:
    with pytest.raises(ConfigError, match=r"no pack 'florist': expected one of shop, bank, clinic, telecom"):
        load_pack("florist")


def test_what_all_packs_inherit_is_no_pack() -> None:
    with pytest.raises(ConfigError, match="there is no pack"):
        load_pack("common")
