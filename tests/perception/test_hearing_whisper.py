"""What both Whisper backends make of what their model says."""

import math
from dataclasses import replace

import pytest

from core.types import Word
from perception.hearing.whisper import (
    MIXED,
    Stretch,
    is_clipped,
    is_doubtful,
    is_loop,
    is_made_up,
    is_rushed,
    is_worth_another,
    likelier,
    likely,
    once,
    prompts,
    transcript,
)


def stretch(text: str, *, logprob: float = -0.3, no_speech: float = 0.1, ratio: float = 1.2) -> Stretch:
    return Stretch(text=text, avg_logprob=logprob, no_speech_prob=no_speech, compression_ratio=ratio, tokens=10)


@pytest.mark.parametrize(
    ("chances", "speech_s", "language"),
    [
        ({"zh": 0.9, "en": 0.1}, 5.0, "zh"),
        ({"ja": 0.5, "zh": 0.3, "en": 0.1}, 5.0, "zh"),
        ({"cy": 0.55, "en": 0.2, "zh": 0.1}, 5.0, "en"),
        ({"fr": 0.95, "en": 0.03, "zh": 0.01}, 5.0, "fr"),
        ({"vi": 0.95, "en": 0.03, "zh": 0.01}, 1.0, "en"),
        ({"yue": 0.5, "en": 0.3, "zh": 0.1}, 5.0, "zh"),
    ],
)
def test_the_language_is_chinese_or_english_unless_another_is_clearly_likelier(
    chances: dict[str, float], speech_s: float, language: str
) -> None:
    assert likely(chances, speech_s=speech_s) == language


def test_a_sentence_that_repeats_itself_is_a_loop() -> None:
    assert is_loop([stretch("大学生利用漏洞免费吃肯德基。大学生利用漏洞免费吃肯德基。")])
    assert is_loop([stretch("大学生利用漏洞免费吃肯德基,获刑。大学生利用漏洞免费吃肯德基获刑。大学生利")])
    assert is_loop([stretch("AAAAAAAA", ratio=14.0)])
    assert is_loop([stretch("人工客服？人工客服。")])
    assert is_loop([stretch("乱腿腿腿腿腿腿")])
    assert is_loop([stretch("我的订单号是W,391,701,161,191,191,191,191,191,191")])
    assert is_loop([stretch("W 3233,688,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8")])


@pytest.mark.parametrize(
    "text",
    [
        "Yes please cancel the order, cancel the order.",
        "I said the blue one, the blue one please",
        "你们到底什么时候发货，到底什么时候发货",
        "3 3 3 3 3 3 3 3",
        "12 12 12 12",
        "card 4242 4242 4242 4242",
        "no, no, no, no, no, no",
        "是的是的是的",
        "I ordered the red one",
        "",
    ],
)
def test_repeated_digits_and_short_words_are_no_loop(text: str) -> None:
    assert not is_loop([stretch(text)])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("大学生利用漏洞,免费吃肯德基。大学生利用漏洞,免费吃肯德基。大学", "大学生利用漏洞,免费吃肯德基。"),
        ("大学生利用漏洞,免费吃肯德基。大学生利用漏洞免费吃肯德基,对吗?", "大学生利用漏洞,免费吃肯德基。对吗?"),
        (
            "I want to return the blue kettle. I want to return the blue kettle. I want",
            "I want to return the blue kettle. ",
        ),
        ("大学生利用漏洞,免费吃肯德基。" * 6, "大学生利用漏洞,免费吃肯德基。"),
        ("大学生利用漏洞,免费吃肯德基。" * 3 + "对吗?", "大学生利用漏洞,免费吃肯德基。对吗?"),
        ("我的订单还没到。" * 6, "我的订单还没到。"),
        ("I want to return the blue kettle. " * 4, "I want to return the blue kettle. "),
        ("谢谢谢谢" * 9, "谢谢谢谢" * 9),
        (
            "大学生利用漏洞,免费吃肯德基。" * 2 + "谢谢谢谢谢谢谢谢谢谢谢",
            "大学生利用漏洞,免费吃肯德基。" * 2 + "谢谢谢谢谢谢谢谢谢谢谢",
        ),
        ("the blue one, the blue one", "the blue one, the blue one"),
        ("三三三三三", "三三三三三"),
    ],
)
def test_a_sentence_is_written_once(written: str, kept: str) -> None:
    (said,) = once([stretch(written)])
    assert said.text == kept


def test_words_of_the_echo_are_gone_with_it() -> None:
    sentence = [
        Word(text=one, start_s=at, end_s=at + 1.0, confidence=0.9)
        for at, one in enumerate(["大学生利用漏洞", "免费吃肯德基"])
    ]
    heard = replace(stretch("大学生利用漏洞免费吃肯德基" * 2, ratio=2.5), words=(*sentence, *sentence))
    (said,) = once([heard])
    assert said.words == tuple(sentence)
    assert transcript([said], "zh").text == "大学生利用漏洞免费吃肯德基"


def test_nobody_says_a_row_of_products_in_a_second() -> None:
    recited = [stretch("请问热水壶、保温杯、马克杯、粘煎锅、电饭煎锅")]
    assert is_rushed(recited, 1.5)
    assert not is_rushed(recited, 4.0)
    assert not is_rushed([stretch(" Yes, that is right.")], 1.0)
    assert not is_rushed([], 1.0)


def test_chinese_is_written_in_simplified_script() -> None:
    assert transcript([stretch("我的訂單什麼時候到？")], "zh").text == "我的订单什么时候到？"


def test_confidence_is_the_mean_probability_of_a_token() -> None:
    heard = transcript([stretch(" a b", logprob=-0.2), stretch(" c d", logprob=-0.4)], "en")
    assert heard.text == "a b c d"
    assert heard.confidence == pytest.approx(math.exp(-0.3))


@pytest.mark.parametrize(
    "doubtful",
    [
        stretch("Thanks for watching!", logprob=-0.9, no_speech=0.8),
        stretch("Thanks for watching!", logprob=-1.5),
        stretch("ha ha ha ha ha ha ha ha", ratio=5.0),
        stretch(" ... "),
        stretch("以下是普通话的句子,用简体中文。"),
    ],
)
def test_what_the_model_itself_doubts_is_not_believed(doubtful: Stretch) -> None:
    assert transcript([doubtful], "en").text == ""
    assert transcript([], "en").confidence == 0


def test_chinese_is_prompted_in_simplified_script_and_english_only_with_a_hint() -> None:
    (chinese,) = prompts("zh", "")
    assert "简体" in (chinese or "")
    assert prompts("en", "") == (None,)


def test_a_hint_comes_first_in_chinese_and_only_after_doubt_in_english() -> None:
    hint = "请问保温杯还有吗？\nIs the ceramic mug in stock?"
    assert prompts("en", hint) == (None, "Is the ceramic mug in stock?")
    first, second = prompts("zh", hint)
    assert (first or "").endswith("请问保温杯还有吗？") and "保温杯" not in (second or "")


@pytest.mark.parametrize(
    ("heard", "doubtful"),
    [
        ([stretch("转人工", logprob=-0.2)], False),
        ([stretch("再阵供", logprob=-0.8)], True),
        ([stretch("", logprob=-0.2)], True),
        ([], True),
        ([stretch(" Where's my order? Where's my order?", logprob=-0.1)], True),
    ],
)
def test_unsure_missing_and_repeated_words_are_doubted(heard: list[Stretch], doubtful: bool) -> None:
    assert is_doubtful(heard) is doubtful


@pytest.mark.parametrize(
    "worse",
    [
        [],
        [stretch("", logprob=-0.1)],
        [stretch("转人公", logprob=-0.6)],
        [stretch("我要转人工啦我要转人工啦" * 2, logprob=-0.1)],
    ],
)
def test_of_two_attempts_the_likelier_words_are_taken(worse: list[Stretch]) -> None:
    better = [stretch("转人工", logprob=-0.4)]
    assert likelier(worse, better) is better
    assert likelier(better, worse) is better


HINT = "您好，我想查订单、退货、退款。"


@pytest.mark.parametrize(
    ("text", "before", "made_up"),
    [
        ("你好１我想查订单、退货的,不想要了", HINT, True),
        ("我想查订单", HINT, False),
        ("你好１我想查订单、退货的,不想要了", "", False),
        ("我要 cancel 这个 order。", MIXED, False),
        (" Hello, I am calling the shop about it.", "Hello, I am calling the shop about my order.", True),
        (" Hello, where is my order?", "Hello, I am calling the shop about my order.", False),
    ],
)
def test_a_clause_of_the_hint_is_a_recital_only_where_it_was_told(text: str, before: str, made_up: bool) -> None:
    assert is_made_up([replace(stretch(text, logprob=-0.1), before=before)]) is made_up


def test_a_word_of_the_hint_is_believed() -> None:
    said = [replace(stretch("转人工。"), before="您好，我想查订单、退货、退款、开发票、转人工。")]
    assert not is_doubtful(said) and transcript(said, "zh").text == "转人工。"


def test_a_recital_yields_to_words_of_which_the_model_is_less_sure() -> None:
    recited = [replace(stretch("我想查订单、退货、退款", logprob=-0.1), before=HINT)]
    heard = [stretch("我想退掉它", logprob=-0.5)]
    assert is_doubtful(recited) and likelier(recited, heard) is heard


def test_a_fairly_sure_sentence_is_heard_again_only_for_english_words_in_it() -> None:
    fair = [stretch("我想坚持我的不想要了", logprob=-0.45)]
    assert not is_worth_another(fair, None) and is_worth_another(fair, MIXED)
    mixed = [stretch("我想 cancel 我的 order", logprob=-0.6)]
    assert likelier(fair, mixed) is mixed
    assert likelier(fair, [replace(stretch("我想坚持我,不想要了", logprob=-0.3), before=MIXED)]) is fair
    assert prompts("zh", "", is_sentence=True)[-1] == MIXED
    assert MIXED not in prompts("zh", "") and MIXED not in prompts("en", "", is_sentence=True)


@pytest.mark.parametrize(
    ("text", "logprob", "speech_s", "clipped"),
    [
        ("Where", -0.7, 1.8, True),
        ("Where", -0.2, 2.6, False),
        ("Where is my order?", -0.7, 1.8, False),
        ("yes", -0.7, 1.2, False),
        ("94107", -0.7, 3.6, False),
        ("我", -0.7, 2.5, True),
        ("", -0.2, 1.8, True),
    ],
)
def test_too_few_unsure_words_for_so_much_speech_are_taken_for_cut_off(
    text: str, logprob: float, speech_s: float, clipped: bool
) -> None:
    assert is_clipped([stretch(text, logprob=logprob)], speech_s) is clipped
