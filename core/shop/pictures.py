"""The shop's pictures on disk.

An import copies them into a folder named after what they are, so that the pictures of the old shop stay
until the new records are committed, and are swept afterwards.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.errors import ShopError
from core.shop.records import Picture, Product, Records, Variant


def located(folder: Path, picture: Picture) -> Path:
    """Return where a picture lies; raises `ShopError` for a path that leaves the folder."""
    inside = PurePosixPath(picture.file)
    if inside.is_absolute() or ".." in inside.parts or "\\" in picture.file or not inside.parts:
        raise ShopError(f"the picture {picture.file!r} does not lie in the shop's folder; write a path relative to it")
    return folder.joinpath(*inside.parts)


def copied(records: Records, source: Path | None, folder: Path) -> Records:
    """Copy the pictures below `source` into `folder`; return the records with their new places.

    Without a source the records lose their pictures. Raises `ShopError` naming a picture that is not there.
    """
    if source is None:
        return _with_pictures(records, lambda _: None)
    place = _place(records, source)
    for file in sorted(_files(records)):
        target = folder / place / PurePosixPath(file)
        if not target.is_file():
            _copy(located(source, Picture(file=file)), target)
    return _with_pictures(records, lambda file: f"{place}/{file}")


def exported(records: Records, folder: Path, out: Path | None) -> Records:
    """Return the records with the places that their pictures were imported from, copied below `out` if given."""
    if out is not None:
        for file in sorted(_files(records)):
            _copy(located(folder, Picture(file=file)), out / _unplaced(file))
    return _with_pictures(records, _unplaced)


def sweep(records: Records, folder: Path) -> None:
    """Remove the folders of pictures that `records` do not name."""
    used = {PurePosixPath(file).parts[0] for file in _files(records)}
    for child in folder.iterdir() if folder.is_dir() else ():
        if child.is_dir() and child.name not in used:
            shutil.rmtree(child)


def _place(records: Records, source: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(_files(records)):
        path = located(source, Picture(file=file))
        if not path.is_file():
            raise ShopError(f"the picture {file!r} is not in {source}")
        if not path.resolve().is_relative_to(source.resolve()):  # pictures are shown to everybody
            raise ShopError(f"the picture {file!r} is a link that leads out of {source}; put the file itself there")
        digest.update(f"{file}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(records: Records) -> set[str]:
    return {
        picture.file
        for product in records.products.values()
        for variant in product.variants.values()
        for picture in variant.pictures
    }


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that a crash never leaves half of it under its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.copyfile(source, half)
    half.replace(target)


def _unplaced(file: str) -> str:
    return file.partition("/")[2]


def _with_pictures(records: Records, renamed: Callable[[str], str | None]) -> Records:
    """Return the records with every picture's file renamed, or left out where `renamed` gives None."""

    def variant_with(variant: Variant) -> Variant:
        named = ((picture, renamed(picture.file)) for picture in variant.pictures)
        return replace(variant, pictures=tuple(replace(picture, file=file) for picture, file in named if file))

    def product_with(product: Product) -> Product:
        return replace(product, variants={key: variant_with(variant) for key, variant in product.variants.items()})

    return replace(records, products={key: product_with(product) for key, product in records.products.items()})
