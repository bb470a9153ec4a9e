"""`zhanggui models export`: a CLIP for machines without torch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ui.cli.output import AsJson, readable_size, settings, show


def export(
    context: typer.Context,
    spec: Annotated[str, typer.Argument(help="An open-clip or chinese-clip encoder: open-clip:MODEL?weights=FILE.")],
    name: Annotated[str, typer.Argument(help="What to call it below the models folder.")],
    as_json: AsJson = False,
) -> None:
    """Write a photo encoder as ONNX graphs, which need no torch and are verified to make the same vectors."""
    from core import registry
    from core.errors import ConfigError

    folder = settings(context).models.folder.expanduser()
    if not name or name.startswith(".") or "/" in name:
        raise ConfigError(f"{name!r} is no name for a folder below {folder}")
    encoder = registry.build("photos", spec, folder)
    from perception.seeing.clip_export import export as write  # torch and its exporter: only with the extra

    exported = write(encoder, folder / name, made_from=spec)
    told = (
        f"{exported.folder} ({readable_size(exported.size_bytes)}): the same vectors to a cosine of "
        f'{min(exported.pictures, exported.texts):.6f}. Use it with: photos = "clip-onnx:{name}"'
    )
    show({**asdict(exported), "folder": str(exported.folder)}, told, as_json=as_json)
