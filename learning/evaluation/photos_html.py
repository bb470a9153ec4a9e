"""A page with the photos that failed, each beside what it was taken for."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from PIL import Image, ImageOps

from core.types import MatchDecision
from learning.evaluation.photos import Answers, LabelledPhoto, PhotoScores, Ranking, is_served

_SIDE = 160
"""Pixels of the longer side of a picture on the page."""
_SHOWN = 4
_STYLE = (
    "body{font:15px system-ui;margin:2em}figure{display:inline-block;margin:4px;text-align:center;vertical-align:top}"
    "figcaption{max-width:160px;overflow-wrap:anywhere}section{border-top:1px solid #ccc;padding:6px 0}"
    ".right{outline:3px solid #2a2}"
)


def failures_page(scores: PhotoScores, answers: Answers, catalogue: Iterable[LabelledPhoto]) -> str:
    """Return a page of its own, pictures included: the scores, the open-set curve, and every photo not served."""
    pictures: dict[str, Path] = {}
    for item in catalogue:
        pictures.setdefault(item.product, item.file)
    failed = [(photo, ranking) for photo, ranking in answers.known if not is_served(photo, ranking)]
    rows = "".join(f"<tr><td>{name}<td>{value}" for name, value in _told(scores).items())
    body = "".join(_section(photo, ranking, pictures) for photo, ranking in failed)
    return (
        f'<!doctype html><meta charset="utf-8"><title>Photos</title><style>{_STYLE}</style>'
        f"<h1>Photos</h1><table>{rows}</table>{_curve(scores)}"
        f"<h2>{len(failed)} of {len(answers.known)} photos did not get to their product</h2>{body}"
    )


def _told(scores: PhotoScores) -> dict[str, object]:
    names = (name for name in scores.__dataclass_fields__ if name != "open_set")
    return {name: getattr(scores, name) for name in names}


def _curve(scores: PhotoScores) -> str:
    """Draw unknown rejected (upwards) over known kept (to the right)."""
    if not scores.open_set:
        return ""
    points = " ".join(f"{300 * kept:.0f},{300 - 300 * rejected:.0f}" for _, kept, rejected in scores.open_set)
    return (
        "<h2>Things not sold that are rejected, over things sold that are kept</h2>"
        '<svg viewBox="-4 -4 308 308" width="308"><path d="M0 0V300H300" fill="none" stroke="#888"/>'
        f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="2"/></svg>'
    )


def _section(photo: LabelledPhoto, ranking: Ranking, pictures: Mapping[str, Path]) -> str:
    place = ranking.products.index(photo.product) + 1 if photo.product in ranking.products else None
    where = f"place {place}" if place else "not among the candidates"
    shown = [_figure(photo.file, f"photo of {photo.product}: {ranking.decision}, {where}")]
    wanted = dict.fromkeys((*ranking.products[:_SHOWN], photo.product))
    for product in wanted:
        if product in pictures:
            shown.append(_figure(pictures[product], product, is_right=product == photo.product))
    if ranking.decision is MatchDecision.UNKNOWN:
        shown.append(f"<p>known with {ranking.known:.2f}</p>")
    return f"<section>{''.join(shown)}</section>"


def _figure(file: Path, words: str, *, is_right: bool = False) -> str:
    mark = ' class="right"' if is_right else ""
    return f'<figure><img src="{_embedded(file)}"{mark}><figcaption>{html.escape(words)}</figcaption></figure>'


def _embedded(file: Path) -> str:
    with Image.open(file) as image:
        small = ImageOps.exif_transpose(image).convert("RGB")
    small.thumbnail((_SIDE, _SIDE))
    data = io.BytesIO()
    small.save(data, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"
