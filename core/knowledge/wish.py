"""A wish for a product as it grows over several messages: what was said before is kept, the later word counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.knowledge.budget import Budget, read_budget
from core.knowledge.lexicon import Lexicon
from core.knowledge.needs import Need, read_needs
from core.knowledge.negation import is_negated
from core.knowledge.question import Question, read_question

_ONE_OF_A_KIND = frozenset({"budget", "size", "age", "audience", "colour"})
"""Needs that a later one of their kind takes the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a customer wants, taken together."""

    question: Question
    """All that was said, as one question with the last budget and the last audience."""
    needs: tuple[Need, ...]
    budget: Budget | None

    @property
    def contradicts(self) -> bool:
        """Return whether no price can meet it: over 300 and under 200."""
        return self.budget is not None and self.budget.low > self.budget.high


def read_wish(lines: Sequence[str], lexicon: Lexicon) -> Wish:
    """Read what a customer said, a message a line, the last one last."""
    budget: Budget | None = None
    needs: dict[tuple[str, str], Need] = {}
    bare = []
    for line in lines:
        found, rest = read_budget(line)
        bare.append(rest)
        budget = _within(budget, found) if found else budget
        for span in lexicon.read(rest):
            if is_negated(rest, span.start, span.end):
                needs.pop((span.kind, span.name), None)
        stated = read_needs(read_question(rest, lexicon), lexicon, found)
        kinds = {need.kind for need in stated} & _ONE_OF_A_KIND
        needs = {key: need for key, need in needs.items() if need.kind not in kinds}
        needs |= {(need.kind, need.name): need for need in stated}
    question = read_question("\n".join(bare), lexicon)
    stated_for = {need.name for need in needs.values() if need.kind == "audience"}
    audience = tuple(one for one in question.audience if one in stated_for)
    question = replace(question, budget=budget, audience=audience)
    return Wish(question=question, needs=tuple(needs.values()), budget=budget)


def _within(before: Budget | None, now: Budget) -> Budget:
    """Return a budget that is said later; an open end keeps the earlier one: "over 100" and then "under 300"."""
    if before is None:
        return now
    low = before.low if now.low == 0 and before.high == float("inf") else now.low
    high = before.high if now.high == float("inf") and before.low == 0 else now.high
    return Budget(low, high)
