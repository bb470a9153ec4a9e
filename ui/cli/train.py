"""`zhanggui train`: make the weights that ship, anew."""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import AsJson, readable_size, settings, show
from ui.cli.train_photos import photos
from ui.cli.train_photos_clip import photos_clip

app = typer.Typer(name="train", help="Train what the clerk understands by.", no_args_is_help=True)
app.command("photos")(photos)
app.command("photos-clip")(photos_clip)


@app.command()
def intents(
    context: typer.Context,
    sentences: Annotated[
        Path | None, typer.Option(help="Folder of intents (*.yaml); default: the built-in shop's.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; default: weights.npz in that folder.")] = None,
    encoder: Annotated[str, typer.Option(help="Spec of the encoder; default: backends.sentences.")] = "",
    as_json: AsJson = False,
) -> None:
    """Train the intent classifier on its sentences; the same sentences give the same weights."""
    from core import registry
    from core.errors import ConfigError
    from core.understand.classifier import leave_one_out
    from core.understand.sentences import FOLDER, load_intents
    from core.understand.training import encoded, pairs, ship
    from ui.text_encoders import progress

    chosen = settings(context)
    folder = sentences or FOLDER
    known = load_intents(folder)
    spec = encoder or chosen.backends.sentences
    if not spec:
        raise ConfigError('shipped weights belong to an encoder: set backends.sentences, or --encoder "use"')
    built = registry.build("sentences", spec, chosen.models.folder.expanduser())
    file = out or folder / "weights.npz"
    if not file.parent.is_dir():
        raise ConfigError(f"there is no folder {file.parent} to write {file.name} into")
    began = time.perf_counter()
    with progress() as bar:
        bar.add_task("reading and weighing the sentences", total=None)
        texts, labels = pairs(known)
        share = leave_one_out(texts, labels, asyncio.run(encoded(texts, built)))
        asyncio.run(ship(known, built, file))
    values = {
        "file": str(file),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "size_bytes": file.stat().st_size,
        "intents": len(known),
        "sentences": len(texts),
        "leave_one_out_accuracy": round(share, 4),
        "train_s": round(time.perf_counter() - began, 1),
    }
    told = (
        f"{file} ({readable_size(file.stat().st_size)}): {len(texts)} sentences of {len(known)} intents; "
        f"{share:.1%} of them are understood when left out"
    )
    show(values, told, as_json=as_json)
