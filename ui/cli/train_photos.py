"""`zhanggui train photos`: learn from customers' photos whose products are known."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import AsJson, settings, show


def photos(
    context: typer.Context,
    photos: Annotated[Path, typer.Option(help="CSV of customers' photos: file, and product or sku.")],
    catalogue: Annotated[
        Path | None, typer.Option(help="CSV of catalogue pictures: file, and product or sku; default: the shop's.")
    ] = None,
    photos_split: Annotated[str, typer.Option(help="Use rows with this view or split only: back,alt1.")] = "",
    catalogue_split: Annotated[str, typer.Option(help="The same for the catalogue.")] = "",
    parts: Annotated[int, typer.Option(help="Parts of the products, each asked about unseen.", min=2)] = 5,
    as_json: AsJson = False,
) -> None:
    """Learn how to weigh what photos show, and how sure to be; kept only where unseen products are found no worse.

    Imitated photos teach the same at every start; this adds real ones. It must do no worse than they alone, and no
    worse than what was learned earlier. Pictures and photos are looked at once. Exit code 1 when what was learned is
    worse and the old is kept.
    """
    from learning.evaluation.photos import read_photos
    from perception.seeing.learned import learned_file
    from ui.catalogue_pictures import memory_of
    from ui.cli.photos import encoder_of, pictures_of
    from ui.photo_scores import as_pictures
    from ui.photo_training import learn

    config = settings(context)
    if catalogue:
        sold = as_pictures(read_photos(catalogue, split=catalogue_split))
    else:
        sold = asyncio.run(pictures_of(config, None))
    asked = read_photos(photos, split=photos_split)
    encoder, data = encoder_of(config), config.data_dir.expanduser()
    began = time.perf_counter()
    looks = data / "eval" / "looks" if catalogue else config.looks_dir
    memory = None if catalogue else memory_of(data)
    done = asyncio.run(learn(encoder, looks, sold, asked, learned_file(data, encoder), parts=parts, memory=memory))
    values = {
        "photos": len(asked),
        "mrr_before": done.before.mrr,
        "mrr_installed": done.installed,
        "mrr_after": done.after.mrr,
        "recall_at_1_before": done.before.recall_at_1,
        "recall_at_1_after": done.after.recall_at_1,
        "kept": "new" if done.is_better else "old",
        "file": str(done.file) if done.is_better else "",
        "not_compared": done.trouble,
        "seconds": round(time.perf_counter() - began, 1),
    }
    verdict = f"in place: {done.file}" if done.is_better else "worse than before: the old is kept"
    earlier = "" if done.installed is None else f"{done.installed} by what was learned earlier, "
    told = (
        f"{len(asked)} photos of unseen products: mean reciprocal rank {done.before.mrr} before any were learned from, "
        f"{earlier}{done.after.mrr} after; {verdict}"
    )
    if done.trouble:
        told += f"\nwhat was learned earlier could not be compared: {done.trouble}"
    show(values, told, as_json=as_json)
    if not done.is_better:
        raise typer.Exit(1)
