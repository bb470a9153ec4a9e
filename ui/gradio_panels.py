"""What the clerk heard, saw, understood and did, as HTML beside the reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from ui.gradio_words import Words

Turn = Mapping[str, Any]
"""The turn as the API returns it."""

_INTENTS = 3
_MATCHES = 3


def panels(turn: Turn | None, words: Words) -> str:
    """Return all panels for a turn, or the invitation to ask when there is none yet."""
    if turn is None:
        return f'<div class="zg-empty">{escape(words.nothing_yet)}</div>'
    return "".join(
        _panel(title, body)
        for title, body in (
            (words.heard, _heard(turn, words)),
            (words.saw, _saw(turn, words)),
            (words.understood, _understood(turn, words)),
            (words.did, _did(turn, words)),
            (words.took, _took(turn, words)),
        )
    )


def cards(reply: Mapping[str, Any], words: Words) -> str:
    """Return the cards, pictures and sources of a reply; empty when it has only words."""
    shown = [_card(card) for card in reply["cards"]]
    shown += [
        f'<img class="zg-picture" src="{_media(image["url"])}" alt="{escape(image["caption"])}">'
        for image in reply["images"]
    ]
    sources = dict.fromkeys(_source(cited, words) for cited in reply["citations"])
    if sources:
        shown.append(f'<p class="zg-basis">{escape(words.basis)}: {escape(", ".join(sources))}</p>')
    return f'<div class="zg-cards">{"".join(shown)}</div>' if shown else ""


def buttons(reply: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the choices of a reply and of its cards, as the chat offers them: `label` and `value`.

    Of several cards each choice is named by its card: below the conversation "this one" would be any of them.
    """
    cards = [card for card in reply["cards"] if card["buttons"]]
    offered = [(button["label"], button["value"]) for button in reply["buttons"]]
    for place, card in enumerate(cards, start=1):
        for button in card["buttons"]:
            named = f"{place}. {card['title']}" if len(cards) > 1 else button["label"]
            offered.append((named, button["value"]))
    return [{"label": label, "value": value} for label, value in offered]


def spoken(address: str, words: Words) -> str:
    """Return a player that begins to speak the reply at once."""
    player = f'<audio controls autoplay src="{_media(address)}"></audio>'
    return f'<label class="zg-voice">{escape(words.spoken)}{player}</label>'


def _panel(title: str, body: str) -> str:
    return f'<section class="zg-panel"><h3>{escape(title)}</h3>{body}</section>'


def _heard(turn: Turn, words: Words) -> str:
    heard = turn.get("transcript")
    if not heard:
        return _faint(words.nothing_heard)
    sure = f"{words.sure} {heard['confidence']:.0%}"
    return f"<p>“{escape(heard['text'])}”</p>{_tags([heard['language'], sure])}"


def _saw(turn: Turn, words: Words) -> str:
    matches = turn.get("matches")
    if not matches:
        return _faint(words.nothing_seen)
    decision = words.decisions.get(matches[0]["decision"], matches[0]["decision"])
    rows = "".join(_match(match["sku"], match["score"]) for match in matches[:_MATCHES])
    return f'{_tags([decision])}<ul class="zg-matches">{rows}</ul>'


def _match(sku: str, score: float) -> str:
    return f'<li><img src="{_picture(sku)}" alt="" onerror="this.remove()">{_bar(sku, score, f"{score:.2f}")}</li>'


def _understood(turn: Turn, words: Words) -> str:
    seen = turn["understanding"]
    rung = words.rungs.get(seen["rung"], seen["rung"])
    intents = "".join(
        _bar(intent["name"], intent["probability"], f"{intent['probability']:.0%}")
        for intent in seen["intents"][:_INTENTS]
    )
    commands = "".join(f"<li><code>{escape(_command(command))}</code></li>" for command in seen["commands"])
    entities = [f"{entity['kind']}: {entity['value']}" for entity in seen["entities"]]
    return (
        f"{_tags([seen['language'], f'{words.decided_by} {rung}'])}{intents}{_tags(entities)}"
        f'<ul class="zg-commands">{commands}</ul>'
    )


def _did(turn: Turn, words: Words) -> str:
    if not turn["actions"]:
        return _faint(words.nothing_done)
    rows = []
    for action in turn["actions"]:
        arguments = ", ".join(f"{key}={value}" for key, value in action["arguments"].items())
        status = words.statuses.get(action["status"], action["status"])
        rows.append(
            f"<li><b>{escape(action['name'])}</b> "
            f'<span class="zg-tag zg-{escape(action["status"])}">{escape(status)}</span>'
            f"<br><code>{escape(arguments)}</code></li>"
        )
    return f'<ul class="zg-commands">{"".join(rows)}</ul>'


def _took(turn: Turn, words: Words) -> str:
    timings = turn["trace"]["timings_ms"]
    longest = max([*timings.values(), 1.0])
    return "".join(
        _bar(words.stages.get(stage, stage), spent / longest, f"{spent:,.1f} ms") for stage, spent in timings.items()
    )


def _card(card: Mapping[str, Any]) -> str:
    address = _media(card["image_url"]) if card["image_url"] else ""
    picture = f'<img src="{address}" alt="">' if address else ""
    facts = "".join(f"<dt>{escape(one['label'])}</dt><dd>{escape(one['value'])}</dd>" for one in card["fields"])
    return (
        f'<article class="zg-card">{picture}<div><b>{escape(card["title"])}</b><br>'
        f"<small>{escape(card['subtitle'])}</small><dl>{facts}</dl></div></article>"
    )


def _command(command: Mapping[str, Any]) -> str:
    told = [f"{key}={value}" for key, value in command.items() if key not in {"command", "source", "confidence"}]
    return f"{command['command']}({', '.join(told)})"


def _bar(label: str, share: float, value: str) -> str:
    width = round(max(0.0, min(1.0, share)) * 100)
    return (
        f'<div class="zg-bar"><span>{escape(label)}</span><span class="zg-track"><i style="width:{width}%"></i></span>'
        f"<span>{escape(value)}</span></div>"
    )


def _tags(texts: Iterable[str]) -> str:
    tags = "".join(f'<span class="zg-tag">{escape(text)}</span>' for text in texts)
    return f'<p class="zg-tags">{tags}</p>' if tags else ""


def _faint(text: str) -> str:
    return f'<p class="zg-faint">{escape(text)}</p>'


def _source(cited: Mapping[str, str], words: Words) -> str:
    kind, _, name = cited["source"].partition(":")
    if kind == "product":
        name = cited["quote"] or name  # the product's name
    return f"{words.sources[kind]} {name}" if kind in words.sources else cited["source"]


def _media(path: str) -> str:
    return escape(f"/shop{path}")


def _picture(sku: str) -> str:
    return _media(f"/v1/products/{quote(sku, safe='')}/picture")
