"""Models that learn from tiny sets what the sets show."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import BackendError, ConfigError
from learning import training
from learning.datasets import OUT_OF_SCOPE, LabelledText, TextPair
from learning.evaluation.spans import TaggedText
from learning.training.intents import train_intents, usable
from learning.training.kernel import likeness, nearness, solve
from learning.training.pairs import train_pairs
from learning.training.sentiment import train_sentiment
from learning.training.tagger import train_tagger

WORDS = {
    "return": "return it|send it back|take it back|return these shoes|return the mug",
    "refund": "money back|refund me|refund the money|pay me back my money|give the money back",
    "status": "where is it|track the parcel|where is the parcel|tracking number|where is my parcel now",
    "cancel": "cancel it|cancel the order|stop the order|cancel my order|please cancel that order",
}


def rows(**words: str) -> list[LabelledText]:
    return [LabelledText(text=text, labels=(label,)) for label, own in words.items() for text in own.split("|")]


def test_the_closed_form_equals_leaving_each_row_out() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(12, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    classes = np.arange(12) % 3
    _, unseen = solve(likeness([vectors], [vectors]), classes, 3)
    # The balance of classes changes with a row left out, so the same ridge is put into the kernel's diagonal.
    kernel = likeness([vectors], [vectors]) + 0.1 * np.eye(12)
    targets = np.eye(3)[classes] - 1 / 3
    for at in range(12):
        rest = np.delete(np.arange(12), at)
        alone = kernel[at, rest] @ np.linalg.solve(kernel[np.ix_(rest, rest)], targets[rest])
        np.testing.assert_allclose(unseen[at], alone, atol=1e-3)


def test_nobody_is_a_neighbour_of_their_own() -> None:
    kernel = np.array([[1.0, 0.2], [0.2, 1.0]], np.float32)
    np.testing.assert_allclose(nearness(kernel, own=True), 0.2)
    np.testing.assert_allclose(nearness(kernel)[:, 0], 1.0)


def test_intents_are_learned_from_words_alone() -> None:
    model = train_intents(rows(**WORDS), [], lambda _: None)
    said = model.guess(["please return it", "money back please", "where is the parcel", "cancel the order"], [])
    assert [one.label for one in said] == ["return", "refund", "status", "cancel"]
    assert all(0 <= one.confidence <= one.in_scope <= 1 for one in said)
    assert model.guess([], []) == []


def test_strangers_that_are_shown_are_told_again() -> None:
    strange = {OUT_OF_SCOPE: "sing a song|tell a joke|what is the weather|sing a joke|the weather song"}
    model = train_intents(rows(**WORDS, **strange), [], lambda _: None)
    said = model.guess(["sing the weather song", "return it"], [])
    assert said[0].label == OUT_OF_SCOPE and said[1].label == "return"
    assert said[0].in_scope < 0.5 < said[1].in_scope


def test_strangers_are_told_without_having_been_shown_any() -> None:
    kinds = {f"kind{n}": "|".join(f"w{n}a w{n}b w{n}{c} x{c}" for c in "cdefghij") for n in range(12)}
    model = train_intents(rows(**kinds), [], lambda _: None)
    known, strange = model.guess(["w3a w3b w3c", "quite other things are said here"], [])
    assert known.label == "kind3" and strange.label == OUT_OF_SCOPE


def test_vectors_decide_where_no_word_is_shared() -> None:
    east, north = np.eye(2, dtype=np.float32)
    taught = rows(a="one|two|three", b="four|five|six")
    model = train_intents(taught, [np.array([east] * 3 + [north] * 3)], lambda _: None)
    said = model.guess(["qqq", "zzz"], [np.array([east, north])])
    assert [one.label for one in said] == ["a", "b"]


def test_rows_without_words_are_not_trained_on_and_one_label_is_too_few() -> None:
    some = [*rows(a="x", b="y"), LabelledText(text="", labels=("c",))]
    assert [row.labels[0] for row in usable(some)] == ["a", "b"]
    with pytest.raises(ConfigError, match="at least two labels, not of a alone"):
        usable(rows(a="x|y"))
    with pytest.raises(ConfigError, match="not of none alone"):
        usable([LabelledText(text="", labels=("c",))])


@pytest.mark.parametrize("labels", ["0 1", "bad good so-so"])
def test_moods_are_learned_in_chinese_and_english(labels: str) -> None:
    said = ["质量很差 不好|very poor", "很满意 喜欢|very good, love it", "一般般|not bad, not great"]
    taught = rows(**dict(zip(labels.split(), said, strict=False)))
    model = train_sentiment(taught)
    assert model.label([row.text for row in taught]) == [row.labels[0] for row in taught]
    assert model.label(["质量差", "满意"]) == labels.split()[:2]


def test_one_mood_is_too_few() -> None:
    with pytest.raises(ConfigError, match="at least two labels, not of 1 alone"):
        train_sentiment(rows(**{"1": "好|不错"}))


def test_names_are_learned_from_their_letters_and_neighbours() -> None:
    brands, things = ("苹果", "华为", "小米", "联想", "索尼"), ("手机", "电脑", "耳机", "平板")
    taught = [
        TaggedText(characters=tuple(f"新款{brand}{thing}包邮"), tags=("O", "O", "B-B", "I-B", "B-T", "I-T", "O", "O"))
        for brand in brands
        for thing in things
    ]
    tagger = train_tagger(taught)
    assert tagger.tag("新款三星手机包邮") == ["O", "O", "B-B", "I-B", "B-T", "I-T", "O", "O"]
    assert tagger.tag("") == []


def test_pairs_are_learned_from_the_words_they_share() -> None:
    names = [f"topic{n}" for n in range(40)]
    same = [TextPair(one=f"how to {name}", other=f"{name} how", same=True) for name in names]
    other = [TextPair(one=f"how to {a}", other=f"{b} how", same=False) for a, b in zip(names, names[1:], strict=False)]
    vectors = {name: row for name, row in zip(names, np.eye(40, dtype=np.float32), strict=True)}
    pairs = [*same, *other]
    left = np.array([vectors[pair.one.split()[-1]] for pair in pairs])
    right = np.array([vectors[pair.other.split()[0]] for pair in pairs])
    chances = train_pairs(pairs, left, right).chances(pairs, left, right)
    assert chances[:40].min() > chances[40:].max()
    with pytest.raises(ConfigError, match="pairs with label 1 and pairs with label 0"):
        train_pairs(same, left[:40], right[:40])


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    training.require_libraries()
    monkeypatch.setattr(training, "_LIBRARIES", {"no_such_library": "no-such-package"})
    with pytest.raises(BackendError, match=r'no-such-package.*pip install "zhanggui\[train\]"'):
        training.require_libraries()
