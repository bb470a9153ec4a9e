from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from core.knowledge.lexicon import load_lexicon
from core.shop.formats.json_in import records_from
from core.understand.sentences import load_intents
from core.understand.vocabulary import Vocabulary, build_vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    file = Path(str(files("assets"))) / "demo_shop" / "shop.json"
    records = records_from(json.loads(file.read_text(encoding="utf-8")), file=str(file))
    return build_vocabulary(load_lexicon(), load_intents(), records.products.values())


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("保温被多少钱", "保温杯多少钱"),
        ("宝温杯有什么颜色", "保温杯有什么颜色"),
        ("蓝牙尔机多少钱", "蓝牙耳机多少钱"),
        ("转人公", "转人工"),
        ("行礼箱有货吗", "行李箱有货吗"),
        ("羽绒福多少钱", "羽绒服多少钱"),
        ("机械见盘什么轴", "机械键盘什么轴"),
        ("物留信息", "物流信息"),
        ("耳机的包修期", "耳机的保修期"),
        ("how mutch is the kettel", "how much is the kettle"),
        ("wher is my ordr", "where is my order"),
        ("baowenbei duoshao qian", "保温杯多少钱"),
        ("zhuan rengong", "转人工"),
    ],
)
def test_what_nobody_says_is_read_as_what_sounds_or_looks_like_it(
    vocabulary: Vocabulary, heard: str, meant: str
) -> None:
    assert vocabulary.mended(heard) == meant


@pytest.mark.parametrize(
    "said",
    [
        "你们收集什么信息",
        "我今天心情不错",
        "什么时候发货",
        "can you help me",
        "Daniel Okafor",
        "do you ship to Brazil",
        "deliver on saturday",
        "iPhone",
        "W3912701",
        "",
    ],
)
def test_words_that_are_right_stay_as_they_are(vocabulary: Vocabulary, said: str) -> None:
    assert vocabulary.mended(said) == said
