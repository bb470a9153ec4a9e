"""CSV tables whose lines know their place."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from core.errors import ShopError


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a CSV file; every reader raises `ShopError` with file, line and column."""

    values: dict[str, str]
    where: str

    def wrong(self, column: str, expected: str) -> ShopError:
        """Return the error that says what stands in the column and what was expected."""
        return ShopError(f"{self.where}: {column!r} is {self.values.get(column, '')[:60]!r}; expected {expected}")

    def text(self, column: str) -> str:
        """Return the words of a column, without blanks around them."""
        return (self.values.get(column) or "").strip()

    def required(self, column: str) -> str:
        """Return the words of a column that must have some."""
        if not self.text(column):
            raise self.wrong(column, "some text")
        return self.text(column)

    def price(self, column: str) -> float:
        """Return a price of 0 or more."""
        try:
            value = float(self.text(column))
        except ValueError:
            value = -1
        if not math.isfinite(value) or value < 0:
            raise self.wrong(column, "a price of 0 or more, such as 49.9")
        return value

    def count(self, column: str) -> int | None:
        """Return a whole number of 0 or more, None for an empty column."""
        if not self.text(column):
            return None
        try:
            value = float(self.text(column))
        except ValueError:
            value = -1
        if not math.isfinite(value) or value < 0 or value != int(value):
            raise self.wrong(column, "a whole number of 0 or more")
        return int(value)


def table(file: Path, columns: Collection[str]) -> list[Line]:
    """Return the lines of a CSV file that must have `columns`.

    Raises `ShopError` for a file that is not UTF-8 CSV, lacks a column or has a line of another width.
    """
    lines: list[Line] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise ShopError(f"{file.name}: there is no column {missing[0]!r}; expected {', '.join(columns)}")
            for values in reader:
                where = f"{file.name}, line {reader.line_num}"
                if None in values or None in values.values():
                    raise ShopError(f"{where}: expected {len(reader.fieldnames or ())} columns, as in the first line")
                lines.append(Line(values, where))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ShopError(f"{file.name} is not a CSV file in UTF-8: {error}") from error
    return lines
