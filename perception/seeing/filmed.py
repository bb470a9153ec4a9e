"""Frames of a video are looks at the same things, and count as one file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from core.types import Attachment, MatchDecision, ProductMatch

_BEST_FIRST = (MatchDecision.MATCH, MatchDecision.ASK, MatchDecision.UNKNOWN)


def first_files(photos: Sequence[Attachment], most: int) -> list[Attachment]:
    """Return the photos and frames of the first `most` files: a video is one of them, with all its frames."""
    taken: list[Attachment] = []
    files = 0
    for photo in photos:
        files += not photo.video or all(other.video != photo.video for other in taken)
        if files <= most:
            taken.append(photo)
    return taken


def together(matches: Sequence[ProductMatch], photos: Sequence[Attachment]) -> tuple[ProductMatch, ...]:
    """Return the matches with those of a video's frames taken together; photos keep theirs.

    Of a video only the things with the best decision count, so that a blurred frame does not spoil a clear one,
    and each product once, where it was surest: a camera that passes two products has seen two.
    """
    video = {photo.id: photo.video for photo in photos}
    things = [list(each) for _, each in groupby(matches, key=lambda one: (one.attachment_id, one.thing))]
    told: list[ProductMatch] = []
    done: set[str] = set()
    for thing in things:
        name = video.get(thing[0].attachment_id, "")
        if not name:
            told += thing
        elif name not in done:
            done.add(name)
            told += _surest([other for other in things if video.get(other[0].attachment_id) == name])
    return tuple(told)


def is_found(matches: Sequence[ProductMatch]) -> bool:
    """Return whether a product of ours was found, or may have been."""
    return any(match.decision is not MatchDecision.UNKNOWN for match in matches)


def still_unclear(unclear: Sequence[tuple[Attachment, str]], photos: Sequence[Attachment]) -> list[str]:
    """Return why photos cannot be made out; of a video only where that is so of every frame."""
    ids = {photo.id for photo, _ in unclear}
    clear = {photo.video for photo in photos if photo.id not in ids}
    return [why for photo, why in unclear if not photo.video or photo.video not in clear]


def _surest(things: Sequence[list[ProductMatch]]) -> list[ProductMatch]:
    ranked = sorted(things, key=lambda thing: (_BEST_FIRST.index(thing[0].decision), -thing[0].score))
    best = ranked[0][0].decision
    kept: dict[str, list[ProductMatch]] = {}
    for thing in ranked:
        if thing[0].decision is best:
            kept.setdefault(thing[0].product_id, thing)
    if best is not MatchDecision.MATCH:  # several unsure looks at one thing are still one question
        return next(iter(kept.values()))
    return [match for thing in kept.values() for match in thing]
