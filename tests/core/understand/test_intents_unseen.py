"""Sentences in voices that nobody trained on: a cross uncle, a teenager, an elder, a foreigner."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.registry import build
from core.understand.courtesy import bare_request
from core.understand.normalise import normalise
from core.understand.sentences import load_intents
from core.understand.training import trained

UNSEEN = yaml.safe_load((Path(__file__).parent / "unseen.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_most_sentences_of_other_voices_are_understood(language: str) -> None:
    encoder = build("sentences", "use", Path())
    model = await trained(load_intents(), encoder)
    said = [(bare_request(normalise(text)), intent) for intent, own in UNSEEN.items() for text in own[language]]
    vectors = await encoder.encode([text for text, _ in said])
    scores = [model.scores(text, vector) for (text, _), vector in zip(said, vectors, strict=True)]
    first = sum(own[0].name == intent for own, (_, intent) in zip(scores, said, strict=True))
    among_three = sum(
        intent in [score.name for score in own[:3]] for own, (_, intent) in zip(scores, said, strict=True)
    )
    assert len(said) >= 150
    assert first / len(said) > 0.65
    assert among_three / len(said) > 0.85


def test_nothing_that_is_held_out_was_trained_on() -> None:
    written = {normalise(text) for intent in load_intents() for own in intent.sentences.values() for text in own}
    unseen = {normalise(text) for own in UNSEEN.values() for texts in own.values() for text in texts}
    assert not written & unseen and set(UNSEEN) == {intent.name for intent in load_intents()}
