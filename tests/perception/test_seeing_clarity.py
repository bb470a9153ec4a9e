"""Photos in which nothing can be made out: dark, blurred, black with noise; and what the perceiver makes of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from assets.demo_shop.photos import planned, take
from core.blobs import FolderBlobs
from core.ports import Picture
from core.types import AttachmentKind, MatchDecision, Message, ProductMatch
from perception.media import Door
from perception.perceive import Perceiver
from perception.seeing.clarity import is_black, why_unclear

_SIZE = 640
"""As from a phone: a photo smaller than 512 is not shrunk, and the same blur is less of its pixels."""
BLACK = np.zeros((_SIZE, _SIZE, 3), np.uint8)


@dataclass
class Eyes:
    """Find a product in every photo, as surely as the test says."""

    decision: MatchDecision

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        return (ProductMatch(attachment_id=attachment_id, sku="s", product_id="p", score=0.4, decision=self.decision),)

    async def find_described(self, text: str, *, most: int = 4) -> tuple[tuple[str, float], ...]:
        return ()


def noisy(strength: float = 8.0, seed: int = 0) -> Picture:
    """Return what a camera takes with a finger on the lens."""
    grain = np.random.default_rng(seed).normal(4, strength, BLACK.shape)
    return np.clip(grain, 0, 255).astype(np.uint8)


@cache
def demo(number: int) -> Picture:
    """Return a customer's photo of one of the shop's things."""
    photo = [one for one in planned(1) if one.shot][number]
    return np.asarray(take(photo, seed=23, size=_SIZE)[0].convert("RGB"))


def blurred(picture: Picture, radius: float = _SIZE / 50) -> Picture:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


PHOTOS = range(0, 40, 8)


@pytest.mark.parametrize("strength", [3.0, 8.0, 12.0])
def test_a_black_frame_is_dark_with_noise_and_without(strength: float) -> None:
    frame = noisy(strength)
    assert frame.std() >= 2.5
    assert why_unclear(frame) == why_unclear(BLACK) == "dark_photo"
    assert is_black(frame) and is_black(BLACK)


@pytest.mark.parametrize("number", PHOTOS)
def test_a_sharp_photo_is_clear_and_blurred_or_without_light_it_is_not(number: int) -> None:
    photo = demo(number)
    assert why_unclear(photo) == ""
    assert why_unclear(blurred(photo)) == "blurred_photo"
    assert why_unclear(photo // 20) == "dark_photo"
    assert why_unclear(photo // 5) == ""


@pytest.mark.parametrize("number", PHOTOS)
def test_a_dim_photo_that_shows_something_is_not_black(number: int) -> None:
    photo = demo(number)
    assert not is_black(photo) and not is_black(photo // 10) and not is_black(blurred(photo))


@pytest.mark.parametrize(
    ("make", "decision", "flags"),
    [
        (lambda: BLACK, MatchDecision.UNKNOWN, ("dark_photo",)),
        (noisy, MatchDecision.UNKNOWN, ("dark_photo",)),
        (noisy, MatchDecision.ASK, ("dark_photo",)),
        (noisy, MatchDecision.MATCH, ()),  # a code may have been read
        (lambda: blurred(demo(0)), MatchDecision.UNKNOWN, ("blurred_photo",)),
        (lambda: blurred(demo(0)), MatchDecision.ASK, ()),
        (lambda: demo(0) // 10, MatchDecision.ASK, ()),
        (lambda: demo(0), MatchDecision.UNKNOWN, ()),
        (lambda: demo(0), MatchDecision.ASK, ()),
    ],
)
async def test_only_what_can_be_made_out_is_asked_about(
    tmp_path: Path, make: Callable[[], Picture], decision: MatchDecision, flags: tuple[str, ...]
) -> None:
    blobs, out = FolderBlobs(tmp_path), io.BytesIO()
    Image.fromarray(make()).save(out, "PNG")
    photo = await Door(blobs).admit(out.getvalue(), kind=AttachmentKind.IMAGE)
    sent = Message(
        id="m1", channel="web", external_id="1", conversation_id="c1", sender_id="s1", attachments=(photo,),
        received_at=datetime.now(UTC), trace_id="t1",
    )  # fmt: skip
    percept = await Perceiver(blobs=blobs, recognizer=None, finder=Eyes(decision)).perceive(sent)
    assert percept.flags == flags
    assert bool(percept.matches) is not bool(flags)
