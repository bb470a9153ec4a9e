"""A pack's sentences: its own over those that every pack has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType

from core.errors import ConfigError
from core.packs.card import SPOKEN, Card
from core.packs.pack import BUILT_IN, COMMON
from core.packs.source import Source
from core.types import Language
from core.wording.templates import Templates, load_templates

_TITLE = "{title}"
"""In the common sentences, where the pack's title is put in."""


@cache
def engine_sentences() -> Templates:
    """Return the sentences of the built-in shop, which hold all that the engine ever says."""
    return load_templates()


@cache
def _common() -> Mapping[Language, Mapping[str, str]]:
    """Return the engine's sentences in words for any business."""
    common = load_templates(BUILT_IN / COMMON / "templates").sentences
    return {language: {**own, **common[language]} for language, own in engine_sentences().sentences.items()}


def read_sentences(folder: Path, card: Card) -> tuple[Templates, list[str]]:
    """Return the pack's sentences over the common ones, and every mistake as "file:line: what is wrong"."""
    own: dict[Language, dict[str, str]] = {language: {} for language in SPOKEN}
    places: dict[tuple[Language, str], str] = {}
    mistakes: list[str] = []
    for language in card.languages:
        path = folder / f"{language}.yaml"
        if not path.is_file():
            continue
        try:
            source = Source(path)
            for key, node in source.mapping(source.root()).items():
                own[language][key] = source.text(node)
                places[language, key] = source.place(node)
        except ConfigError as error:
            mistakes.append(str(error))
    mistakes += _unequal(own, places, card.languages)
    for language, key in places:
        if _names(own[language][key]) is None:
            mistakes.append(f"{places[language, key]}: {key}: a value is put in as {{name}}, and a brace as {{{{")
            own[language][key] = ""
    if card.name == "shop":
        return Templates(own), mistakes
    own = _everywhere(own, card.languages)
    return Templates(_layered(own, card)), mistakes


def _layered(own: Mapping[Language, Mapping[str, str]], card: Card) -> Mapping[Language, Mapping[str, str]]:
    made = _everywhere(_of_card(card), card.languages)
    layers = {}
    for language, common in _common().items():
        title = card.titles.get(language) or next(iter(card.titles.values()), "")
        titled = {key: sentence.replace(_TITLE, title) for key, sentence in common.items()}
        layers[language] = MappingProxyType({**titled, **made[language], **own[language]})
    return MappingProxyType(layers)


def _of_card(card: Card) -> dict[Language, dict[str, str]]:
    """Return the sentences that pack.yaml gives: the greeting and the buttons of the menu."""
    made: dict[Language, dict[str, str]] = {language: {} for language in SPOKEN}
    for language in card.languages:
        if card.greeting:
            made[language] |= dict.fromkeys(("greeting", "greeting.phone"), _plain(card.greeting[language]))
        for place, button in enumerate(card.menu):
            made[language][f"button.menu{place}"] = _plain(button.label[language])
            made[language][f"press.menu{place}"] = _plain(button.says[language])
    return made


def _plain(sentence: str) -> str:
    return sentence.replace("{", "{{").replace("}", "}}")


def _everywhere(
    own: Mapping[Language, dict[str, str]], languages: Sequence[Language]
) -> dict[Language, dict[str, str]]:
    """Return the sentences with those of a language that the pack does not speak taken from one that it does."""
    spoken = own[languages[0]]
    return {language: dict(sentences if language in languages else spoken) for language, sentences in own.items()}


def _unequal(
    own: Mapping[Language, Mapping[str, str]], places: Mapping[tuple[Language, str], str], languages: Sequence[Language]
) -> list[str]:
    """Return what the languages do not have in common: sentences, and the values that they put in."""
    mistakes = []
    for (language, key), place in places.items():
        for other in languages:
            if key not in own[other]:
                mistakes.append(f"{place}: the sentence {key!r} lacks in {other}.yaml")
            elif language == languages[0] and _names(own[language][key]) != _names(own[other][key]):
                mistakes.append(f"{places[other, key]}: {key} puts in other values than {language}.yaml does")
    return mistakes


def _names(sentence: str) -> frozenset[str] | None:
    """Return the values that a sentence puts in; None when its braces are no plain names."""
    try:
        names = frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
    except ValueError:
        return None
    return names if all(name.isidentifier() for name in names) else None


def values_in(templates: Templates, key: str) -> frozenset[str]:
    """Return the values that the sentence `key` puts in."""
    return frozenset().union(*(_names(own.get(key, "")) or frozenset() for own in templates.sentences.values()))
