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
_MOST = 10
_CHARS = 300


def read_codes(picture: Picture, *, attachment_id: str) -> tuple[SeenCode, ...]:
    """Return the codes in a picture, each once; the text of a code is nothing that anybody has checked.

    Raises `MediaError` when the picture is not uint8 RGB.
    """
    import zxingcpp

    found = zxingcpp.read_barcodes(checked(picture), formats=_formats())
    codes = (
        SeenCode(attachment_id=attachment_id, symbology=_name(one), value=" ".join(one.text.split())[:_CHARS])
        for one in found
        if one.valid and one.text.strip()
    )
    return tuple(dict.fromkeys(codes))[:_MOST]


@cache
def _formats() -> Any:
    import zxingcpp

    return [getattr(zxingcpp.BarcodeFormat, name) for name in _FORMATS]


def _name(code: Any) -> str:
    return _NAMES.get(str(code.format), str(code.format))
