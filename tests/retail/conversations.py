"""Write the retail tasks as conversations that `zhanggui test --shop db.json` can hold.

    python -m tests.retail.conversations --out cases.jsonl [--lang zh|en] [--seed N] [--limit N]

Only the customer's side is written, from the expected actions and db.json: who they are, what they want (in
one message or one after the other, at once or when asked), and a yes per action with one to spare.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from tests.conftest import SHARED
from tests.retail import chinese, english
from tests.retail.requests import Request, requests_of
from tests.retail.tasks import Database, Task, read_database, read_tasks

_LANGUAGES: dict[str, ModuleType] = {"zh": chinese, "en": english}
_IN_PIECES = 0.2
"""How often a single request comes in two pieces: what is left out is said when the clerk asks."""
_AT_ONCE = 0.5
"""How often several requests come in one message."""
_MOST_AT_ONCE = 3


def conversations(
    folder: Path, *, languages: Sequence[str] = ("zh", "en"), seed: int = 1, limit: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield the cases of all tasks, or of a sample of `limit` tasks, in each language."""
    database = read_database(folder)
    tasks = list(read_tasks(folder, database))
    if limit:
        tasks = sorted(Random(seed).sample(tasks, min(limit, len(tasks))), key=lambda task: task.id)  # noqa: S311
    for task in tasks:
        for language in languages:
            yield _case(task, database, language, Random(f"{seed}/{task.id}/{language}"))  # noqa: S311 - no secret


def _case(task: Task, database: Database, language: str, random: Random) -> dict[str, Any]:
    requests = requests_of(task, database, random)
    return {
        "id": f"{task.id}-{language}",
        "lang": language,
        "channel": random.choice(("web", "telegram")),
        "turns": _turns(task, requests, database, _LANGUAGES[language], random),
        "expect": {"writes": [{"name": one["name"], "args": one["arguments"]} for one in task.done]},
    }


def _turns(task: Task, requests: Sequence[Request], database: Database, words: ModuleType, random: Random) -> list[str]:
    who = words.identity(task.customer, _by_email(task, database, random), random)
    opening = random.choice(words.OPENINGS)
    if len(requests) == 1:
        first, *later = _pieces(requests[0], words, random)
        turns = _with_identity(opening, who, first, words, random)
        return [*turns, *later, *_yes(1, words, random)]
    if random.random() < _AT_ONCE:
        groups = [requests[at : at + _MOST_AT_ONCE] for at in range(0, len(requests), _MOST_AT_ONCE)]
    else:
        groups = [[request] for request in requests]
    turns = []
    for number, group in enumerate(groups):
        said = words.ask(group[0], random)
        for request in group[1:]:
            said += random.choice(words.AND_THEN) + words.ask(request, random)
        turns += _with_identity(opening, who, said, words, random) if number == 0 else [said]
        turns += _yes(len(group), words, random)
    return turns


def _with_identity(opening: str, who: str, said: str, words: ModuleType, random: Random) -> list[str]:
    """Say who one is before the request, with it, or when asked."""
    space = "" if words is chinese else " "
    way = random.randrange(4)
    if way == 0:
        return [f"{opening}{space}{who}".strip(), said]
    if way == 1:
        pause = "，" if words is chinese and who[-1] not in "。." else space
        return [f"{opening}{space}{who}{pause}{said}".strip()]
    if way == 2:
        return [random.choice(words.REQUEST_FIRST), who, said]
    return [f"{opening}{space}{said}".strip(), who]


def _pieces(request: Request, words: ModuleType, random: Random) -> list[str]:
    whole = [words.ask(request, random)]
    if random.random() >= _IN_PIECES or not request.order_id:
        return whole
    if request.reason:
        return [words.ask(request, random, without="reason"), words.reason(request, random)]
    if request.payment and request.deed != "modify_pending_order_payment":
        return [words.ask(request, random, without="payment"), words.payment(request.payment)]
    return whole


def _yes(count: int, words: ModuleType, random: Random) -> list[str]:
    """Return a yes per action and one to spare."""
    return [random.choice(words.YES) for _ in range(count + 1)]


def _by_email(task: Task, database: Database, random: Random) -> bool:
    """Name and zip prove nothing where two customers share them."""
    twins = Counter(
        (user["name"]["first_name"], user["name"]["last_name"], user["address"]["zip"])
        for user in database.users.values()
    )
    name = task.customer["name"]
    alone = twins[name["first_name"], name["last_name"], task.customer["address"]["zip"]] == 1
    return not alone or random.random() < 0.5


def main() -> None:
    """Write the cases that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, required=True, help="the JSONL file to write")
    parser.add_argument("--data", type=Path, default=SHARED / "retail", help="folder of db.json and the tasks")
    parser.add_argument("--lang", choices=sorted(_LANGUAGES), help="one language only")
    parser.add_argument("--seed", type=int, default=1, help="another seed words everything otherwise")
    parser.add_argument("--limit", type=int, default=0, help="a sample of this many tasks")
    given = parser.parse_args()
    languages = (given.lang,) if given.lang else tuple(sorted(_LANGUAGES))
    cases = conversations(given.data, languages=languages, seed=given.seed, limit=given.limit)
    lines = [json.dumps(case, ensure_ascii=False) for case in cases]
    given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} conversations in {given.out}")  # noqa: T201 - it is a command


if __name__ == "__main__":
    main()
