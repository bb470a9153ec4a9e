"""One judgement of several pictures of the same thing: frames of a video, two stills in one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.types import Attachment, MatchDecision, ProductMatch

_MOST = 4


def pooled(photos: Sequence[Attachment], matches: Sequence[ProductMatch]) -> tuple[ProductMatch, ...]:
    """Return the matches with those of pictures that show one thing judged together.

    Frames of one video are of one thing, told of its first frame. Stills are where one is matched and
    another asks about, or is matched with, the same product. The scores are the mean over the pictures in
    which anything was found: a blurred frame must not outvote a sharp one. A photo with several things
    stays by itself.
    """
    of = {photo.id: [one for one in matches if one.attachment_id == photo.id] for photo in photos}
    groups: list[list[str]] = []
    video_of = {photo.id: photo.video for photo in photos}
    for photo in photos:
        group = next((one for one in groups if _belongs(photo, of[photo.id], one, of, video_of)), None)
        if group is None:
            groups.append([photo.id])
        else:
            group.append(photo.id)
    joint = [(group, _joined([of[one] for one in group])) for group in groups]
    return tuple(
        replace(match, attachment_id=one, sku=_own_variant(of[one], match))
        for group, together in joint
        for one in (group[:1] if video_of[group[0]] else group)
        for match in together
    )


def _own_variant(own: list[ProductMatch], match: ProductMatch) -> str:
    """Return the variant that a still itself shows: two photos may be of the red one and of the blue one."""
    return next((one.sku for one in own if (one.thing, one.product_id) == (match.thing, match.product_id)), match.sku)


def _belongs(
    photo: Attachment,
    own: list[ProductMatch],
    group: list[str],
    of: dict[str, list[ProductMatch]],
    video_of: dict[str, str],
) -> bool:
    if photo.video or video_of[group[0]]:
        return photo.video == video_of[group[0]]
    return any(_same(own, of[one]) or _same(of[one], own) for one in group)


def _same(sure: list[ProductMatch], other: list[ProductMatch]) -> bool:
    if not sure or not other or any(one.thing for one in (*sure, *other)):
        return False
    is_sure = sure[0].decision is MatchDecision.MATCH and other[0].decision is not MatchDecision.UNKNOWN
    return is_sure and sure[0].product_id in {one.product_id for one in other}


def _joined(several: list[list[ProductMatch]]) -> list[ProductMatch]:
    found = [one for one in several if one and one[0].decision is not MatchDecision.UNKNOWN]
    if len(found) < 2 or any(match.thing for one in found for match in one):
        return next(iter(found), next((one for one in several if one), []))
    scores: dict[str, float] = {}
    for one in found:
        for match in one:
            scores[match.product_id] = scores.get(match.product_id, 0) + match.score / len(found)
    best = sorted(scores, key=lambda product: -scores[product])[:_MOST]
    sure = {one[0].product_id for one in found if one[0].decision is MatchDecision.MATCH}
    decision = MatchDecision.MATCH if sure == {best[0]} else MatchDecision.ASK
    clearest = {
        product: max((m for one in found for m in one if m.product_id == product), key=lambda m: m.score)
        for product in best
    }
    return [replace(clearest[product], score=round(scores[product], 4), decision=decision) for product in best]
