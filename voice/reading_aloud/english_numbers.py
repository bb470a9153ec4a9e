"""English words for numbers."""

from __future__ import annotations

from functools import cache

import inflect


@cache
def _words() -> inflect.engine:
    return inflect.engine()


def cardinal(written: str) -> str:
    """Return "one thousand two hundred thirty-four point five" for "1,234.5"."""
    whole, _, fraction = written.replace(",", "").partition(".")
    said = str(_words().number_to_words(int(whole), andword="", comma=""))  # type: ignore[arg-type]  # ints are welcome
    return f"{said} point {digits(fraction)}" if fraction else said


def ordinal(number: int) -> str:
    """Return "twenty-first" for 21."""
    return str(_words().number_to_words(_words().ordinal(number), andword="", comma=""))  # type: ignore[arg-type]


def digits(written: str) -> str:
    """Say digits one by one, with a breath after every three or four: "three nine one, two seven"."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    size = 4 if len(written) % 4 == 0 or len(written) % 3 == 1 else 3
    groups = [written[at : at + size] for at in range(0, len(written), size)]
    return ", ".join(" ".join(names[int(digit)] for digit in group) for group in groups)


def year(written: str) -> str:
    """Return "twenty twenty-five" for "2025" and "two thousand five" for "2005"."""
    first, second = int(written[:2]), int(written[2:])
    if 2000 <= int(written) < 2010:
        return cardinal(written)
    if second == 0:
        return f"{cardinal(written[:2])} hundred"
    return f"{cardinal(str(first))} " + (f"oh {cardinal(str(second))}" if second < 10 else cardinal(str(second)))


def clock(hour: int, minute: int, *, exact: bool) -> str:
    """Return "ten thirty"; `exact` says that "a.m." or "p.m." follows."""
    if minute == 0:
        return cardinal(str(hour)) if exact else _full_hour(hour)
    return f"{cardinal(str(hour))} " + (f"oh {cardinal(str(minute))}" if minute < 10 else cardinal(str(minute)))


def _full_hour(hour: int) -> str:
    if hour == 0:
        return "midnight"
    return f"{cardinal(str(hour))} o'clock" if hour <= 12 else f"{cardinal(str(hour))} hundred"


def amount(number: str, money: str) -> str:
    """Return "twelve dollars and fifty cents" for "12.5" and "dollar"."""
    whole, _, fraction = number.partition(".")
    if money == "yuan":
        return f"{cardinal(number)} yuan"
    name = money if int(whole) == 1 else f"{money}s"
    if not fraction or len(fraction) > 2:
        return f"{cardinal(number)} {name}"
    small = int(fraction.ljust(2, "0"))
    cents = "pence" if money == "pound" else "cent" if small == 1 else "cents"
    said = f"{cardinal(str(small))} {cents}"
    return said if int(whole) == 0 else f"{cardinal(whole)} {name} and {said}"
