"""What a colleague hears and reads who takes a conversation over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.types import ActionStatus, Language, Turn, spoken_text
from core.wording.ear import fit_for_ear
from core.wording.templates import Templates

_NAME = "transfer_to_human_agents"
_WORDS_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A conversation in short."""

    spoken: str
    """One or two sentences to be said before the caller is put through; "" where nobody asked for a person."""
    written: str
    """All of it, a line each: who, what, which order, what was done, the mood, and the words on both sides."""


def handed_over(turns: Sequence[Turn], templates: Templates, language: Language) -> HandOver:
    """Sum up a conversation for a colleague, in the language of the desk.

    What is told comes from the record: the facts that the hand-off wrote, and the actions that were done.
    """
    facts = _facts(turns)
    if not facts:
        return HandOver(spoken="", written="")

    def word(key: str, **values: object) -> str:
        return templates.say(key, language, channel="phone", **values)

    def named(prefix: str, name: str, otherwise: str) -> str:
        return word(f"{prefix}.{name}") if templates.has(f"{prefix}.{name}") else otherwise

    who = word("handover.known", name=facts["name"]) if facts.get("name") else word("handover.unknown")
    about = named("topic", facts.get("about", ""), "") or word("handover.no_topic")
    deeds = [named("deed", action, action) for action in _done(turns)]
    done = word("handover.done", deeds=", ".join(deeds)) if deeds else word("handover.nothing_done")
    order = facts.get("order", "")
    wants = word("handover.wants_of", about=about, order=order) if order else word("handover.wants", about=about)
    mood = named("mood", facts.get("mood", ""), "")
    gap = "" if language == "zh" else " "
    spoken = fit_for_ear(f"{who}{gap}{wants}{gap}{done}{gap}{mood}".strip(), language)
    told = [word("handover.words", words=_short(facts.get("request", "")))] if facts.get("request") else []
    proof = [word("handover.proof", proof=facts["proved_by"])] if facts.get("proved_by") else []
    return HandOver(spoken=spoken, written="\n".join([spoken, *proof, *told, *_exchanges(turns, templates, language)]))


def _facts(turns: Sequence[Turn]) -> Mapping[str, str]:
    for turn in reversed(turns):
        for action in turn.actions:
            found: Any = action.arguments.get("facts")
            if action.name == _NAME and isinstance(found, Mapping):
                return {str(name): str(value) for name, value in found.items()}
    return {}


def _done(turns: Sequence[Turn]) -> list[str]:
    names = [each.name for turn in turns for each in turn.actions if each.status is ActionStatus.DONE]
    return [name for name in dict.fromkeys(names) if name != _NAME]


def _exchanges(turns: Sequence[Turn], templates: Templates, language: Language) -> list[str]:
    """Return what was said on both sides, with what of it was not heard."""
    lines = []
    for turn in turns:
        said = spoken_text(turn.message, turn.percept)
        lines += [templates.say("handover.customer", language, words=said)] if said else []
        reply = " ".join(one.text.replace("\n", " ") for one in turn.replies if one.text)
        lines.append(templates.say("handover.clerk", language, words=reply))
        if turn.heard is not None:
            lines.append(templates.say("handover.heard", language, words=turn.heard))
    return lines


def _short(words: str) -> str:
    return " ".join(words.split())[:_WORDS_CHARS]
