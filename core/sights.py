"""What is seen in the photos of a message. Untrusted, as the message itself is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Region: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of a picture, each as a share of its width or height, 0 to 1."""

WHOLE: Region = (0.0, 0.0, 1.0, 1.0)


class MatchDecision(StrEnum):
    """What the photo index is willing to say about a candidate."""

    MATCH = "match"
    ASK = "ask"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductMatch:
    """One product that a thing in a photo may be, best first within its thing."""

    attachment_id: str
    sku: str
    """The variant's id in the catalogue."""
    product_id: str
    score: float
    """Calibrated, 0 to 1."""
    decision: MatchDecision
    """The decision about the thing, the same on all of its candidates."""
    thing: int = 0
    """Number of the thing in the photo, where there are several: the most prominent is 0."""
    region: Region = WHOLE
    """Where in the photo the thing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenText:
    """A line of text read in a photo."""

    attachment_id: str
    text: str
    confidence: float
    region: Region = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCode:
    """A barcode or QR code in a photo."""

    attachment_id: str
    symbology: str
    """"EAN-13", "UPC-A", "QR", "Code 128", ..."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What was decided about showing one photo to people, and why."""

    attachment_id: str
    label: str
    """What it may be, "" for nothing: "offensive", "nudity", ..., as the check names it."""
    score: float
    """How sure the check is, 0 to 1."""
    by: str
    """Which check said so, with its version."""
    is_withheld: bool
    """Whether staff see a notice in its place until they ask for it."""
