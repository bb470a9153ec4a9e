"""How replies begin, where that is fixed: what a voice may prepare before it is asked."""

from __future__ import annotations

import re

from core.types import Language
from core.wording.ear import fit_for_ear
from core.wording.templates import Templates

_CLAUSE_END = re.compile(r"[，、。！？；：](?=.|$)|[,.!?;:](?=\s|$)", re.DOTALL)


def opening(text: str, language: Language) -> str:
    """Return the whole clauses in the first line of a text that is read out; "" where it has none."""
    line = fit_for_ear(text, language).partition("\n")[0]
    ends = list(_CLAUSE_END.finditer(line))
    return line[: ends[-1].end()] if ends else ""


def openings(templates: Templates, language: Language) -> tuple[str, ...]:
    """Return the fixed whole clauses that spoken replies begin with, each once, in the order of the templates.

    A reply that begins with a value ("{name}, ...") has none, and neither has a label, which is no sentence.
    """
    sentences = templates.sentences.get(language, {})
    found: dict[str, None] = {}
    for key, sentence in sentences.items():
        if f"{key}.phone" in sentences:
            continue
        if fixed := opening(sentence.partition("{")[0], language):
            found[fixed] = None
    return tuple(found)
