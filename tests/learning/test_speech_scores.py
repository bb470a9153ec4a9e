"""Counting wrong words and signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from learning.evaluation.speech import Clip, Heard, read_clips, score_speech
from learning.evaluation.spoken import signs, words


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("My number is W five one two", "my number is W 512."),
        ("double u three nine", "W39"),
        ("twenty-five dollars, please", "25 dollars please"),
        ("it's twenty minutes", "Its 20 minutes!"),
        ("fifteen days", "15 days"),
        ("c h e n at example dot com", "C-H-E-N@example.com"),
        ("I don't know", "I don’t know"),
    ],
)
def test_english_written_in_another_way_is_no_error(said: str, heard: str) -> None:
    assert words(said) == words(heard)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("订单号是 W 五一二零三四八", "訂單號是W5120348。"),
        ("二十五块", "25塊"),
        ("十五天", "15天"),
        ("一百二十三元", "123元"),
    ],
)
def test_chinese_written_in_another_way_is_no_error(said: str, heard: str) -> None:
    assert signs(said) == signs(heard)


@pytest.mark.parametrize(("said", "heard"), [("保温杯", "保文杯"), ("五一二", "五一三")])
def test_a_wrong_sign_is_an_error_though_it_sounds_alike(said: str, heard: str) -> None:
    assert signs(said) != signs(heard)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    rows = [
        "file\tlang\trate\ttranscript",
        "a.wav\ten\t16000\twhere is my order",
        "b.wav\tzh\t16000\t我想退货",
        'c.wav\ten\t8000\tthe "red" one',
        "hum.wav\t-\t16000\t(noise)",
    ]
    table = tmp_path / "manifest.tsv"
    table.write_text("\n".join(rows), encoding="utf-8")
    return table


async def test_bands_and_languages_are_counted_apart(manifest: Path) -> None:
    said = {"a.wav": "Where is the order?", "b.wav": "我想對貨。", "c.wav": ""}

    async def hear(clip: Clip) -> Heard:
        return Heard(text=said[clip.file.name], duration_s=2.0, spent_s=0.5)

    scores = await score_speech(hear, read_clips(manifest))
    assert (scores.clips, scores.wer_en, scores.cer_zh, scores.rtf, scores.empty) == (2, 0.25, 0.25, 0.25, 0)
    assert (scores.clips_8k, scores.wer_en_8k, scores.cer_zh_8k, scores.empty_8k) == (1, 1.0, None, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("file\tlang\trate\ttranscript\texpect\nx.wav\ten\t8000\tyes\tmaybe", "yes_no"),
        ("file\tlang\nx.wav\ten", "missing"),
        ("file\tlang\trate\ttranscript\nx.wav\ten\tfast\tyes", "row 2"),
        ("file\tlang\trate\ttranscript\nx.wav\tde\t16000\tja", "zh or en"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "m.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        read_clips(tmp_path / "m.tsv")


async def test_each_set_is_counted_and_the_sure_ones_should_be_right(tmp_path: Path) -> None:
    table = tmp_path / "m.tsv"
    table.write_text(
        "file\tlang\trate\ttranscript\texpect\n"
        "digits/1.wav\ten\t8000\tone\tdigits\ndigits/2.wav\ten\t8000\ttwo\tdigits\nrest/3.wav\ten\t8000\tyes\t\n",
        encoding="utf-8",
    )
    said = {"1.wav": ("1", 0.9), "2.wav": ("", 0.0), "3.wav": ("yet", 0.3)}
    asked: list[str] = []

    async def hear(clip: Clip) -> Heard:
        asked.append(clip.expect)
        text, confidence = said[clip.file.name]
        return Heard(text=text, duration_s=1.0, spent_s=0.1, confidence=confidence)

    scores = await score_speech(hear, read_clips(table))
    assert asked == ["digits", "digits", ""]
    digits = scores.sets["digits"]
    assert (digits.clips, digits.errors, digits.right, digits.empty) == (2, 0.5, 1, 1)
    assert scores.sets["rest"].right == 0 and scores.confidence_auc == 1.0
