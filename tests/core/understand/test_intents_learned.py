from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError
from core.registry import build
from core.understand.classifier import leave_one_out, load, train
from core.understand.normalise import normalise
from core.understand.sentences import load_intents
from core.understand.training import SHIPPED, fingerprint, trained

USED = (
    "greeting thanks_bye human_agent complaint logistics_query urge_delivery inform_order_id product_question "
    "stock_availability product_recommendation cancel_order return exchange refund invoice chitchat out_of_scope"
).split()


def test_every_intent_of_the_design_has_sentences_in_both_languages() -> None:
    intents = {intent.name: intent for intent in load_intents()}
    assert len(intents) == 31
    for name, intent in intents.items():
        least = 25 if name in USED else 12
        for language, sentences in intent.sentences.items():
            assert len(set(sentences)) >= least, (name, language)


def test_no_sentence_is_written_under_two_intents() -> None:
    seen: dict[str, str] = {}
    for intent in load_intents():
        for own in intent.sentences.values():
            for sentence in own:
                assert seen.setdefault(sentence, intent.name) == intent.name, sentence


def test_a_missing_language_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("does: none\nzh: [你好]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"x\.yaml: en is missing"):
        load_intents(tmp_path)


def test_without_an_encoder_most_sentences_left_out_are_still_understood() -> None:
    pairs = [(normalise(s), i.name) for i in load_intents() for own in i.sentences.values() for s in own]
    texts, labels = zip(*pairs, strict=True)
    assert leave_one_out(texts, labels, None) > 0.55


def test_probabilities_sum_to_one_and_the_likeliest_comes_first() -> None:
    model = train(["where is it", "return it", "到哪了", "退货"], ["a", "b", "a", "b"], None)
    scores = model.scores("where is it now")
    assert scores[0].name == "a" and sum(score.probability for score in scores) == pytest.approx(1)
    assert scores[0].probability > scores[1].probability


def test_the_shipped_weights_belong_to_the_sentences() -> None:
    _, own, _ = load(SHIPPED)
    assert own == fingerprint(load_intents()), "run: python -m core.understand"


async def test_the_shipped_weights_are_not_used_with_another_encoder() -> None:
    encoder = build("sentences", "fake", Path())
    model = await trained(load_intents()[:3], encoder)
    assert model.vectors is not None and model.vectors.shape[1] == 256


async def test_the_default_encoder_takes_the_shipped_weights_and_understands_both_languages() -> None:
    encoder = build("sentences", "use", Path())
    model = await trained(load_intents(), encoder)
    assert np.array_equal(model.bias, load(SHIPPED)[0].bias)
    for text, intent in (
        ("我那包裹咋还没影儿呢", "logistics_query"),
        ("has my stuff been dispatched", "logistics_query"),
        ("这衣服我不想要了想退掉", "return"),
        ("could you recommend a nice mug", "product_recommendation"),
        ("who is the king of England", "out_of_scope"),
    ):
        vector = (await encoder.encode([text]))[0]
        assert model.scores(text, vector)[0].name == intent
