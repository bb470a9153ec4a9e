"""How replies begin, where that is fixed: what a voice may prepare before it is asked."""

from __future__ import annotations

import re

from core.types import Language
from core.wording.ear import fit_for_ear
from core.wording.templates import Templates

_CLAUSE_END = re.compile(r"[，、。！？；：](?=.|$)|[,.!?;:](?=\s|$)", re.DOTALL)


def openings(templates: Templates, language: Language) -> tuple[str, ...]:
    """Return the fixed whole clauses that spoken replies begin with, each once, in the order of the templates.

    A reply that begins with a value ("{name}, ...") has none, and neither has a label, which is no sentence.
    """
    sentences = templates.sentences.get(language, {})
    found: dict[str, None] = {}
    for key, sentence in sentences.items():
        if f"{key}.phone" in sentences:
            continue
        fixed = fit_for_ear(sentence.partition("{")[0], language)
        if ends := list(_CLAUSE_END.finditer(fixed)):
            found[fixed[: ends[-1].end()]] = None
    return tuple(found)
