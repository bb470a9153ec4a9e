"""What a recogniser wrote of Chinese on the telephone, put right by the shop's words. The texts are whisper-base's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from core.knowledge.lexicon import load_lexicon
from core.shop.formats.json_in import records_from
from core.types import FlowFrame, Message, Percept, Session, Transcript, spoken_text
from core.understand.doubtful import reheard
from core.understand.rehearing import Rehearing, build_rehearing, distance
from core.understand.sentences import load_intents
from core.understand.vocabulary import build_vocabulary

_TALK = Session(conversation_id="c")


@pytest.fixture(scope="module")
def rehearing() -> Rehearing:
    file = Path(str(files("assets"))) / "demo_shop" / "shop.json"
    records = records_from(json.loads(file.read_text(encoding="utf-8")), file=str(file))
    return build_vocabulary(load_lexicon(), load_intents(), records.products.values(), records.pages.values()).rehearing


def _heard(text: str, *, confidence: float = 0.6, on_call: bool = True) -> tuple[Message, Percept]:
    transcript = Transcript(text=text, language="zh", confidence=confidence)
    message = Message(
        id="m",
        channel="phone" if on_call else "telegram",
        external_id="e",
        conversation_id="c",
        sender_id="someone",
        text=text if on_call else "",
        transcript=transcript if on_call else None,
        received_at=datetime.now(UTC),
        trace_id="t",
    )
    return message, Percept(message_id="m", transcript=transcript)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("音费多少钱", "运费多少钱"),
        ("读就能发货", "多久能发货"),
        ("埋错了可以退吗", "买错了可以退吗"),
        ("我要去销订单", "我要取消订单"),
        ("松火太慢了", "送货太慢了"),
        ("收厚单什么状态", "售后单什么状态"),
        ("纸质发票能挤吗", "纸质发票能寄吗"),
    ],
)
def test_signs_of_a_like_sound_give_way_to_what_customers_say(rehearing: Rehearing, heard: str, said: str) -> None:
    assert rehearing.mended(heard) == said


@pytest.mark.parametrize(
    "said",
    [
        "我昨天买的那个东西什么时候能到啊",
        "保温杯可以放在洗碗机里洗吗",
        "我想把颜色换成墨绿色",
        "电饭煲能预约定时吗",
        "where is my order",
        "帮我 check 一下 delivery",
        "W3912701",
        "",
    ],
)
def test_what_was_heard_rightly_stays(rehearing: Rehearing, said: str) -> None:
    assert rehearing.mended(said) == said


def test_places_in_the_text_stay_as_they_are(rehearing: Rehearing) -> None:
    heard = "音费多少钱,W3912701 读就能发货"
    assert [at for at, sign in enumerate(rehearing.mended(heard)) if sign == "W"] == [heard.index("W")]
    assert len(rehearing.mended(heard)) == len(heard)


def test_it_learns_what_it_reads() -> None:
    assert build_rehearing(["退货政策在哪里看"]).mended("退货正册在哪里看") == "退货政策在哪里看"
    assert build_rehearing([]).mended("退货正册") == "退货正册"


def test_what_accents_confuse_is_near() -> None:
    assert (
        distance(("zh", "eng"), ("z", "en"))
        < distance(("zh", "eng"), ("j", "iang"))
        < distance(("zh", "eng"), ("b", "u"))
    )


@pytest.mark.parametrize("on_call", [True, False])
def test_a_doubtful_sentence_is_read_as_what_was_probably_said(rehearing: Rehearing, on_call: bool) -> None:
    assert spoken_text(*reheard(*_heard("音费多少钱?", on_call=on_call), _TALK, rehearing)) == "运费多少钱?"


def test_what_was_heard_surely_or_typed_is_left_alone(rehearing: Rehearing) -> None:
    sure = _heard("音费多少钱?", confidence=0.9)
    assert reheard(*sure, _TALK, rehearing) == sure
    message, percept = _heard("音费多少钱?")
    typed = replace(message, transcript=None), replace(percept, transcript=None)
    assert reheard(*typed, _TALK, rehearing) == typed


def test_names_and_addresses_are_left_to_those_who_have_them(rehearing: Rehearing) -> None:
    named = _heard("我叫张伟,音费多少钱")
    assert reheard(*named, _TALK, rehearing) == named
    asked = replace(_TALK, stack=(FlowFrame(flow="identify", step="ask"),))
    said = _heard("音费多少钱")
    assert reheard(*said, asked, rehearing) == said


def test_numbers_stay(rehearing: Rehearing) -> None:
    message, _ = reheard(*_heard("音费多少钱,订单号是三九幺二七零幺"), _TALK, rehearing)
    assert "运费" in message.text
    assert "3912701" in message.text


def test_nobody_agrees_by_a_guess() -> None:
    eager = build_rehearing(["可以", "可以", "可以"] * 50)
    said = _heard("渴一")
    assert eager.mended("渴一") == "可以"
    assert reheard(*said, _TALK, eager) == said
