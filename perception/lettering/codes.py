"""Read barcodes and QR codes with zxing-cpp."""

from __future__ import annotations

from functools import cache
from typing import Any

from core.ports import Picture
from core.types import SeenCode
from perception.seeing.pixels import checked

_FORMATS = (
    "EAN13",
    "EAN8",
    "UPCA",
    "UPCE",
    "ITF14",
    "DataBarOmni",
    "Code128",
    "Code39",
    "QRCode",
    "MicroQRCode",
    "DataMatrix",
)
"""What stands on goods, parcels and slips; shorter codes without a check digit are found in any pattern of stripes."""
_NAMES = {"QR Code": "QR", "Micro QR Code": "QR"}
_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_MOST = 10
_CHARS = 300


def read_codes(picture: Picture, *, attachment_id: str) -> tuple[SeenCode, ...]:
    """Return the codes in a picture, each once; the text of a code is nothing that anybody has checked.

    Raises `MediaError` when the picture is not uint8 RGB.
    """
    import zxingcpp

    found = zxingcpp.read_barcodes(checked(picture), formats=_formats())
    kept: list[Any] = []
    for one in found:
        if one.valid and one.text.strip() and not any(_share_place(one, other) for other in kept):
            kept.append(one)
    codes = (
        SeenCode(attachment_id=attachment_id, symbology=_name(one), value=" ".join(one.text.split())[:_CHARS])
        for one in kept
    )
    return tuple(dict.fromkeys(codes))[:_MOST]


def _share_place(one: Any, other: Any) -> bool:
    """Return whether the middle of one code lies in another: the same bars, read askew a second time."""
    corners = [getattr(other.position, name) for name in _CORNERS]
    own = [getattr(one.position, name) for name in _CORNERS]
    x, y = sum(point.x for point in own) / 4, sum(point.y for point in own) / 4
    across = min(point.x for point in corners) <= x <= max(point.x for point in corners)
    # A bar code is found as a line of no height: what lies near the line lies on the same bars.
    near = max(abs(point.x - x) for point in corners) / 2
    level = min(point.y for point in corners) - near <= y <= max(point.y for point in corners) + near
    return bool(across and level)


@cache
def _formats() -> Any:
    import zxingcpp

    return [getattr(zxingcpp.BarcodeFormat, name) for name in _FORMATS]


def _name(code: Any) -> str:
    return _NAMES.get(str(code.format), str(code.format))
