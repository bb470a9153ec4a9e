"""`zhanggui eval retrieval`: whether questions find their answer, and the others are refused."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import AsJson, settings, show


def retrieval(
    context: typer.Context,
    corpus: Annotated[
        Path | None, typer.Option(help="A folder of documents, instead of the demo shop's pages.")
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option(help="TSV or CSV: question, doc (a file's name, a|b for any of several, empty for none)."),
    ] = None,
    sentences: Annotated[
        str, typer.Option(help="Spec of the encoder; default: backends.sentences, '' for words.")
    ] = "?",
    as_json: AsJson = False,
) -> None:
    """Ask questions of the pages; report recall, mrr, and what is done with questions that nothing answers."""
    from core import registry
    from core.errors import ConfigError
    from learning.evaluation.retrieval import read_questions
    from ui.retrieval_scores import BUILT_IN, demo_passages, document_of, folder_passages, scores_of

    if corpus is not None and queries is None:
        raise ConfigError("--corpus needs --queries: a table with the columns question and doc")
    chosen = settings(context)
    asked = read_questions(queries or BUILT_IN)
    passages = folder_passages(corpus) if corpus else demo_passages()
    known = {document_of(passage.id) for passage in passages}
    lacking = sorted({doc for one in asked for doc in one.docs if doc not in known})
    if lacking:
        raise ConfigError(f"{queries or BUILT_IN} names documents that are not there: {', '.join(lacking[:5])}")
    spec = chosen.backends.sentences if sentences == "?" else sentences
    encoder = registry.build("sentences", spec, chosen.models.folder.expanduser()) if spec else None
    scores, built_s = asyncio.run(scores_of(encoder, passages, asked))
    values = {**dataclasses.asdict(scores), "passages": len(passages), "build_s": round(built_s, 2)}
    lines = (f"{name:14} {'-' if value is None else value}" for name, value in values.items())
    show(values, "\n".join(lines), as_json=as_json)
