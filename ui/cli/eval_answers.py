"""`zhanggui eval answers`: ask the clerk a set of questions, with a language model or without."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, settings, show, spread, start_logging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.config import Settings
    from learning.evaluation.answers import AnswerScores, AskedAnswer


def answers(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Table of question, lang, about, says; default: our own."),
    ] = None,
    check: Annotated[
        bool | None, typer.Option(help="Compare a model's words with the records; default: model.check.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask so many of them only, spread over the set.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write each answer here, as JSON lines.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask questions about the demo shop; report how many are answered right, refused rightly, and made up."""
    from learning.evaluation.answers import read_answers
    from ui.answer_scores import built_in

    config = settings(context)
    if check is not None:
        config = config.model_copy(update={"model": config.model.model_copy(update={"check": check})})
    start_logging("error", beside_talk=True)
    asked = spread(read_answers(data) if data else built_in(), limit)
    scores, lines = asyncio.run(_score(config, asked))
    if out is not None:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    values = dataclasses.asdict(scores)
    show(values, "\n".join(f"{name:12} {value}" for name, value in values.items()), as_json=as_json)


async def _score(config: Settings, asked: Sequence[AskedAnswer]) -> tuple[AnswerScores, list[str]]:
    from rich.console import Console
    from rich.progress import Progress

    from learning.evaluation.answers import is_helpful, score_answers
    from ui.answer_scores import ask_all

    pairs, lines = [], []
    with Progress(console=Console(stderr=True), transient=True) as bar:
        asking = bar.add_task("asking", total=len(asked))
        async for question, given in ask_all(config, asked):
            pairs.append((question, given))
            row = {"question": question.question, "about": question.about, "helpful": is_helpful(question, given)}
            lines.append(json.dumps({**row, **dataclasses.asdict(given)}, ensure_ascii=False))
            bar.advance(asking)
    return score_answers(pairs), lines
