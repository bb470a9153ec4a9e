"""Names in text under measurement: the built-in rules, or a tagger trained on the spot."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import ConfigError
from core.understand.entities import find_entities
from core.understand.normalise import normalise
from learning.evaluation.spans import TaggedText, spans_of
from ui.text_encoders import progress


def of_built_in(texts: Sequence[TaggedText]) -> list[list[str]]:
    """Return what the clerk's own rules find of the kinds that the set has.

    Raises `ConfigError` when the rules know none of them.
    """
    wanted = {span.label.lower() for text in texts for span in spans_of(text.tags)}
    tags = [_tagged(text.characters, wanted) for text in texts]
    if not any(tag != "O" for row in tags for tag in row):
        raise ConfigError(
            f"the built-in rules find none of {', '.join(sorted(wanted)) or 'the names'} here: "
            "train on labelled texts with --train F --test F"
        )
    return tags


def of_trained(train: Sequence[TaggedText], test: Sequence[TaggedText]) -> list[list[str]]:
    """Train a tagger on one set and return what it finds in the other."""
    from learning.training.tagger import train_tagger

    if not any(spans_of(text.tags) for text in train):
        raise ConfigError("no text to train on holds a name: every tag is O")
    with progress() as bar:
        fitting = bar.add_task("learning names", total=None)
        tagger = train_tagger(train)
        bar.remove_task(fitting)
        finding = bar.add_task("finding names", total=len(test))
        found = []
        for text in test:
            found.append(tagger.tag(text.characters))
            bar.advance(finding)
    return found


def _tagged(characters: Sequence[str], wanted: set[str]) -> list[str]:
    tags = ["O"] * len(characters)
    text = "".join(characters)
    plain = normalise(text)
    for entity in find_entities(plain if len(plain) == len(text) else text, identifying=False, listing=False):
        free = all(tag == "O" for tag in tags[entity.start : entity.end])
        if entity.kind in wanted and free and entity.end <= len(tags):
            tags[entity.start : entity.end] = [f"B-{entity.kind}"] + [f"I-{entity.kind}"] * (
                entity.end - entity.start - 1
            )
    return tags
