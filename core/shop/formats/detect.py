"""Read a shop from a path, whatever its format; the content decides, not the name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import ShopError
from core.shop.formats import luma
from core.shop.formats.json_in import records_from
from core.shop.records import Records

_KNOWN = (
    'a JSON file with "products", "users" and "orders" (or a folder with shop.json), or a folder with '
    "products.csv and variants.csv"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A shop that was read, and where its pictures lie."""

    records: Records
    format: str
    """"demo" (our JSON), "retail" (db.json) or "luma" (CSV folder)."""
    folder: Path
    """`Picture.file` is relative to it."""


def read_shop(path: Path) -> Found:
    """Return the shop at `path`, a file or a folder.

    Raises `ShopError` when nothing known is there, or naming file, row or key of the first mistake.
    """
    if path.is_dir():
        if (path / "products.csv").is_file() and (path / "variants.csv").is_file():
            return Found(records=luma.read_folder(path), format="luma", folder=path)
        for name in ("shop.json", "db.json"):
            if (path / name).is_file():
                return _json(path / name)
        raise ShopError(f"there is no shop in the folder {path}; expected {_KNOWN}")
    if not path.is_file():
        raise ShopError(f"there is no file or folder {path}")
    return _json(path)


def _json(file: Path) -> Found:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"), object_pairs_hook=_without_twins)
    except json.JSONDecodeError as error:
        raise ShopError(f"{file.name}, line {error.lineno}: not valid JSON ({error.msg}); expected {_KNOWN}") from error
    except _TwinError as error:
        raise ShopError(f"{file.name}: the key {str(error)!r} stands twice in one object; remove one") from error
    except (ValueError, RecursionError) as error:  # ValueError: no UTF-8, or a number of thousands of digits
        raise ShopError(f"{file.name} is not JSON in UTF-8 ({error}); expected {_KNOWN}") from error
    if not isinstance(document, dict) or not isinstance(document.get("products"), dict):
        raise ShopError(f"{file.name} is JSON, but not a shop; expected {_KNOWN}")
    _refuse_half_letters(document, file.name)
    kind = "demo" if "pages" in document or "as_of" in document else "retail"
    return Found(records=records_from(document, file=file.name), format=kind, folder=file.parent)


def _refuse_half_letters(document: object, file: str) -> None:
    """Raise `ShopError` for an escape that is half of a letter (a lone surrogate): no store can keep it."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        near = str(error.object)[max(0, error.start - 20) : error.start]
        raise ShopError(f"{file}: after {near!r} stands half of a letter (a lone surrogate); remove it") from error


class _TwinError(ValueError):
    pass


def _without_twins(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise _TwinError(key)
        made[key] = value
    return made
