"""Things written the same way in both languages: addresses, codes, dates, times, numbers."""

from __future__ import annotations

import re

# Han characters count as letters for \b and \w, so that the edges are spelled out.
_START, _END = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"

EMAIL = re.compile(rf"{_START}[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
URL = re.compile(
    r"(?:https?://|(?<![A-Za-z0-9])www\.)([A-Za-z0-9.-]+)(?::\d+)?((?:/[^\s\u3000-\u9fff\uff00-\uffef]*)?)"
)
CODE = re.compile(
    rf"#?{_START}(?=[A-Z0-9-]*\d[A-Z0-9-]*\d)(?:(?=[A-Z])|(?=[0-9-]+[A-Z])(?=[A-Z0-9-]{{8}}))[A-Z0-9]+(?:-[A-Z0-9]+)*{_END}"
    rf"|#?{_START}[a-z]\d{{4,}}{_END}"
)
"""An order, a tracking number, a sku: capitals and at least two digits mixed ("#W3912701", "SF1029")."""
PHONE = re.compile(
    rf"{_START}(?:\+\d{{1,3}}[ -]?)?(?:\(\d{{2,4}}\)[ -]?|\d{{3,4}}[ -])\d{{3,4}}[ -]?\d{{4}}{_END}"
    rf"|{_START}(?:\+?86[ -]?)?1[3-9]\d{{9}}{_END}"
)
LONG_DIGITS = re.compile(rf"#\d+{_END}|{_START}\d{{7,}}(?![.,]?\d){_END}")
"""A number that nobody says as an amount."""
ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](0?[1-9]|1[0-2])[-/.](3[01]|[12]\d|0?[1-9])(?!\d)(?:T(?=\d))?")
TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])")
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


def plain_number(written: str) -> str:
    """Drop thousands separators and zeros after the point: "1,299.90" -> "1299.9"."""
    bare = written.replace(",", "")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare
