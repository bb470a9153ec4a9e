"""`zhanggui eval`: measure the parts on labelled data."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from core.errors import ConfigError
from ui.cli.eval_answers import answers
from ui.cli.eval_commands import commands
from ui.cli.eval_recommend import recommend
from ui.cli.eval_retrieval import retrieval
from ui.cli.eval_simulated import simulated
from ui.cli.eval_speaking import tts
from ui.cli.eval_texts import entities, intents, pairs, sentiment
from ui.cli.output import AsJson, settings, show

app = typer.Typer(name="eval", help="Measure the parts on labelled data.", no_args_is_help=True)
app.command("answers")(answers)
app.command("commands")(commands)
app.command("simulated")(simulated)
app.command("recommend")(recommend)
app.command("retrieval")(retrieval)
app.command("intents")(intents)
app.command("sentiment")(sentiment)
app.command("entities")(entities)
app.command("pairs")(pairs)
app.command("tts")(tts)


@app.command()
def photos(
    context: typer.Context,
    catalogue: Annotated[Path, typer.Option(help="CSV of catalogue pictures: file, and sku or product.")],
    queries: Annotated[Path, typer.Option(help="CSV of customers' photos: file, and sku or product.")],
    catalogue_split: Annotated[str, typer.Option(help="Use rows with this view or split only: main,back.")] = "",
    queries_split: Annotated[str, typer.Option(help="The same for the photos.")] = "",
    unknown: Annotated[
        Path | None, typer.Option(help="CSV of photos of things not sold; else the right product is hidden.")
    ] = None,
    encoder: Annotated[str, typer.Option(help="Spec of the encoder; default: backends.photos.")] = "",
    cross_validate: Annotated[
        int, typer.Option(help="Learn from the photos of the other products, in so many parts.", min=0)
    ] = 0,
    page: Annotated[Path | None, typer.Option("--html", help="Write a page with the photos that failed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find products by photo; report recall, mrr, and what is done with things not sold."""
    from core import registry
    from learning.evaluation.photos import counted, read_photos
    from learning.evaluation.photos_html import failures_page
    from perception.seeing.learned import learned_file
    from ui.photo_scores import answers_of

    chosen = settings(context)
    sold = read_photos(catalogue, split=catalogue_split)
    asked = read_photos(queries, split=queries_split)
    strangers = read_photos(unknown) if unknown else ()
    if also_sold := {one.product for one in sold} & {one.product for one in strangers}:
        raise ConfigError(f"{unknown} shows what the catalogue sells: {', '.join(sorted(also_sold)[:3])}")
    built = registry.build("photos", encoder or chosen.backends.photos, chosen.models.folder.expanduser())
    data = chosen.data_dir.expanduser()
    answers = asyncio.run(
        answers_of(
            built,
            data / "eval" / "looks",
            sold,
            asked,
            folds=cross_validate,
            learned=learned_file(data, built),
            strangers=strangers,
        )
    )
    scores = counted(answers)
    if page:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(failures_page(scores, answers, sold), encoding="utf-8")
    values = dataclasses.asdict(scores)
    told = {name: value for name, value in values.items() if name != "open_set"}
    lines = (f"{name:18} {'-' if value is None else value}" for name, value in told.items())
    show(values, "\n".join(lines), as_json=as_json)


@app.command()
def asr(
    context: typer.Context,
    manifest: Annotated[
        Path, typer.Option(help="TSV of recordings: file, lang (zh, en), rate, transcript; also set, expect.")
    ],
    recognizer: Annotated[str, typer.Option(help="Spec of the recogniser; default: backends.asr.")] = "",
    hint: Annotated[str, typer.Option(help="Names that may be said, separated by commas.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hear recordings; report wrong words (en), wrong signs (zh) and the time it takes."""
    from core import registry
    from learning.evaluation.speech import read_clips
    from ui.speech_scores import scores_of

    chosen = settings(context)
    clips = read_clips(manifest)
    built = registry.build(
        "asr",
        recognizer or chosen.backends.asr,
        chosen.models.folder.expanduser(),
        api_key=chosen.model.api_key.get_secret_value(),
    )
    values = dataclasses.asdict(asyncio.run(scores_of(built, clips, hint=hint)))
    lines = [f"{name:18} {'-' if value is None else value}" for name, value in values.items() if name != "sets"]
    lines += ["", f"{'set':18} {'clips':>6} {'errors':>8} {'right':>6} {'empty':>6}"]
    for name, one in values["sets"].items():
        lines.append(f"{name:18} {one['clips']:6} {one['errors']:8.4f} {one['right']:6} {one['empty']:6}")
    show(values, "\n".join(lines), as_json=as_json)
