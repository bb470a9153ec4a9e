"""One JSON object or CSV line that knows its place, so that every mistake can be named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.errors import ShopError
from core.shop.records import Texts

_NO_DEFAULT = object()
_MOST = 1e15
"""Above it a float no longer tells whole numbers apart, and no shop counts or charges so much."""


@dataclass(frozen=True, slots=True)
class Row:
    """Values with the file and key they stand under. Every reader raises `ShopError` naming both."""

    values: Mapping[str, object]
    where: str
    """'db.json: products["123"]' or 'products.csv, line 7'."""

    def wrong(self, key: str, expected: str) -> ShopError:
        """Return the error that says what stands at `key` and what was expected there."""
        if key not in self.values:
            return ShopError(f"{self.where}: {key!r} is missing; expected {expected}")
        return ShopError(f"{self.where}: {key!r} is {_shortened(self.values[key])}; expected {expected}")

    def text(self, key: str, default: object = _NO_DEFAULT) -> str:
        """Return a string; numbers are not taken for strings."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a string")
        return value

    def number(self, key: str) -> float:
        """Return a finite number."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -_MOST <= value <= _MOST:
            raise self.wrong(key, "a number such as 49.9")
        return float(value)

    def price(self, key: str) -> float:
        """Return a number that is not negative."""
        value = self.number(key)
        if value < 0:
            raise self.wrong(key, "a price of 0 or more")
        return value

    def count(self, key: str) -> int | None:
        """Return a whole number of 0 or more, or None where there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
            raise self.wrong(key, "a whole number of 0 or more")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def moment(self, key: str) -> str:
        """Return an ISO 8601 date or date with time, as it was written; "" where there is none."""
        value = self.text(key, "")
        if value and not _is_moment(value):
            raise self.wrong(key, "an ISO 8601 date such as 2026-06-15 or 2026-06-15T09:30:00+08:00")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of strings, empty where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of strings")
        return tuple(value)

    def words(self, key: str) -> dict[str, str]:
        """Return an object of strings, empty where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(key, 'an object of strings such as {"color": "blue"}')
        return dict(value)

    def texts(self, key: str) -> Texts:
        """Return words per language; a bare string is English."""
        value = self.values.get(key, {})
        return {"en": value} if isinstance(value, str) else self.words(key)

    def glossary(self, key: str) -> dict[str, Texts]:
        """Return an object of words per language, empty where there is none."""
        if key not in self.values:
            return {}
        inner = self.row(key)
        return {name: inner.texts(name) for name in inner.values}

    def row(self, key: str) -> Row:
        """Return the object under `key`."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "an object {...}")
        return Row(value, f"{self.where}.{key}")

    def rows(self, key: str) -> Iterator[tuple[str, Row]]:
        """Yield the objects of an object, with their names; nothing where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "an object of objects {...: {...}}")
        for name in value:
            if not isinstance(value[name], dict):
                raise Row(value, f"{self.where}.{key}").wrong(name, "an object {...}")
            yield name, Row(value[name], f'{self.where}.{key}["{name}"]')

    def items(self, key: str) -> Iterator[Row]:
        """Yield the objects of a list; nothing where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, "a list of objects [{...}]")
        for place, item in enumerate(value):
            yield Row(item, f"{self.where}.{key}[{place}]")

    def rest(self, known: Collection[str]) -> dict[str, object]:
        """Return what stands under keys that are not known."""
        return {key: value for key, value in self.values.items() if key not in known}


def _is_moment(text: str) -> bool:
    for reading in (date.fromisoformat, datetime.fromisoformat):
        try:
            reading(text)
        except ValueError:
            continue
        return True
    return False


def _shortened(value: object) -> str:
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}..."
