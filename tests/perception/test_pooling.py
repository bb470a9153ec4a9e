"""Several pictures of one thing are judged together."""

from __future__ import annotations

import pytest

from core.types import Attachment, AttachmentKind, MatchDecision, ProductMatch
from perception.pooling import pooled


def _photo(name: str, video: str = "") -> Attachment:
    return Attachment(
        id=name, kind=AttachmentKind.IMAGE, media_type="image/png", size_bytes=1, sha256=name, video=video
    )


def _match(photo: str, product: str, score: float, decision: str, thing: int = 0) -> ProductMatch:
    return ProductMatch(
        attachment_id=photo,
        sku=f"{product}-1",
        product_id=product,
        score=score,
        decision=MatchDecision(decision),
        thing=thing,
    )


def test_a_blurred_frame_does_not_outvote_a_sharp_one() -> None:
    frames = [_photo(name, "v") for name in "abc"]
    matches = [_match("a", "cup", 0.1, "unknown"), _match("b", "mug", 0.9, "match"), _match("c", "cup", 0.1, "unknown")]
    (only,) = pooled(frames, matches)
    assert (only.attachment_id, only.product_id, only.decision) == ("a", "mug", MatchDecision.MATCH)


def test_frames_that_are_sure_of_two_products_ask() -> None:
    frames = [_photo("a", "v"), _photo("b", "v")]
    found = pooled(frames, [_match("a", "cup", 0.8, "match"), _match("b", "mug", 0.9, "match")])
    assert [one.product_id for one in found] == ["mug", "cup"]
    assert {one.decision for one in found} == {MatchDecision.ASK}


def test_a_second_still_of_the_same_product_makes_the_unsure_one_sure() -> None:
    stills = [_photo("a"), _photo("b")]
    matches = [_match("a", "cup", 0.4, "ask"), _match("a", "mug", 0.35, "ask"), _match("b", "mug", 0.9, "match")]
    found = pooled(stills, matches)
    assert [(one.attachment_id, one.product_id) for one in found if one.score > 0.5] == [("a", "mug"), ("b", "mug")]
    assert {one.decision for one in found} == {MatchDecision.MATCH}


@pytest.mark.parametrize("video", ["", "v"])
def test_stills_of_two_products_stay_apart(video: str) -> None:
    stills = [_photo("a"), _photo("b", video)]
    matches = (_match("a", "cup", 0.8, "match"), _match("b", "mug", 0.9, "match"))
    assert pooled(stills, matches) == matches


def test_a_photo_with_several_things_keeps_them() -> None:
    stills = [_photo("a"), _photo("b")]
    matches = (
        _match("a", "cup", 0.8, "match"),
        _match("a", "mug", 0.9, "match", thing=1),
        _match("b", "cup", 0.9, "match"),
    )
    assert pooled(stills, matches) == matches
