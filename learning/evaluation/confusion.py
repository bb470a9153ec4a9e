"""A picture of which labels are taken for which: rows are the true labels, columns what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.errors import ConfigError

_MOST_LABELS = 200
"""A picture of more would be of no use to the eye; the most confused are kept."""
_CELL, _LETTER = 14, 11
"""Pixels of a cell's side and of a letter's height."""
_RIGHT, _WRONG = (38, 110, 84), (196, 64, 48)
_STYLE = """body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}td{min-width:1.6em;height:1.6em;
text-align:center;font-size:11px;border:1px solid #eee}th{font-weight:normal;font-size:12px;text-align:right;
padding-right:.5em}thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left}"""

Counts = Mapping[tuple[str, str], int]


def write_confusion(file: Path, true: Sequence[str], said: Sequence[str]) -> None:
    """Write the picture as .png or .html; raises `ConfigError` for any other ending.

    The PNG's font knows Latin letters only: for Chinese labels take .html.
    """
    counts = Counter(zip(true, said, strict=True))
    labels = _labels(counts)
    kind = file.suffix.lower()
    if kind not in (".png", ".html"):
        raise ConfigError(f"a picture is a .png or .html file, not {file.name!r}")
    file.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".html":
        file.write_text(_page(counts, labels), encoding="utf-8")
    else:
        _picture(counts, labels).save(file)


def _labels(counts: Counts) -> list[str]:
    wrong: Counter[str] = Counter()
    for (true, said), count in counts.items():
        wrong[true] += count * (true != said)
        wrong[said] += count * (true != said)
    return sorted(sorted(wrong, key=lambda label: (-wrong[label], label))[:_MOST_LABELS])


def _shade(counts: Counts, true: str, said: str, total: int) -> tuple[int, int, int]:
    """Return white for none to green (right) or red (wrong) for all of a row; the root makes few visible."""
    strength = (counts.get((true, said), 0) / max(total, 1)) ** 0.5
    red, green, blue = (round(255 - (255 - part) * strength) for part in (_RIGHT if true == said else _WRONG))
    return red, green, blue


def _totals(counts: Counts) -> Counter[str]:
    totals: Counter[str] = Counter()
    for (true, _), count in counts.items():
        totals[true] += count
    return totals


def _picture(counts: Counts, labels: Sequence[str]) -> Image.Image:
    font, totals = ImageFont.load_default(_LETTER), _totals(counts)
    margin = 12 + max(round(font.getlength(label)) for label in labels)
    side = margin + _CELL * len(labels) + 12
    picture = Image.new("RGB", (side, side), "white")
    for at, label in enumerate(labels):
        name = Image.new("RGB", (margin, _CELL), "white")
        ImageDraw.Draw(name).text((margin - 6, 0), label, fill="black", font=font, anchor="ra")
        picture.paste(name, (0, margin + at * _CELL))
        picture.paste(name.rotate(-90, expand=True), (margin + at * _CELL, 0))
    draw = ImageDraw.Draw(picture)
    for row, true in enumerate(labels):
        for column, said in enumerate(labels):
            corner = (margin + column * _CELL, margin + row * _CELL)
            box = (*corner, corner[0] + _CELL - 1, corner[1] + _CELL - 1)
            draw.rectangle(box, fill=_shade(counts, true, said, totals[true]), outline=(238, 238, 238))
    return picture


def _page(counts: Counts, labels: Sequence[str]) -> str:
    totals = _totals(counts)
    head = "".join(f"<th>{escape(label)}</th>" for label in labels)
    rows = "".join(f"<tr><th>{escape(true)}</th>{_cells(counts, labels, true, totals[true])}</tr>" for true in labels)
    wrong = [(count, true, said) for (true, said), count in counts.items() if true != said]
    worst = "".join(
        f"<li>{count} × {escape(true)} → {escape(said)}</li>" for count, true, said in sorted(wrong, reverse=True)[:20]
    )
    return (
        f'<!doctype html><meta charset="utf-8"><title>Confusion</title><style>{_STYLE}</style>'
        f"<p>Rows: the true label. Columns: what was said.</p><table><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table><h2>Most frequent</h2><ol>{worst}</ol>\n"
    )


def _cells(counts: Counts, labels: Sequence[str], true: str, total: int) -> str:
    cells = []
    for said in labels:
        count = counts.get((true, said), 0)
        colour = "rgb({},{},{})".format(*_shade(counts, true, said, total))
        title = escape(f"{true} → {said}", quote=True)
        cells.append(f'<td style="background:{colour}" title="{title}">{count or ""}</td>')
    return "".join(cells)
