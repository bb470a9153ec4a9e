"""What the parts of an address are called, and how they travel in an entity's value."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.understand.regions import CITY_NAMES, US_CITIES, WORLD_CITIES

ADDRESS_PARTS = ("address1", "address2", "city", "state", "country", "zip")
_WRITTEN = {name.lower(): name for name in (*US_CITIES, *WORLD_CITIES)}


def address_value(parts: Mapping[str, str]) -> str:
    """Return the JSON object of the parts of an address that were found."""
    return json.dumps({name: parts[name] for name in ADDRESS_PARTS if parts.get(name)}, ensure_ascii=False)


def city_name(said: str) -> str:
    """Return how a city is written: "nyc" -> "New York", "san jose" -> "San Jose"."""
    lower = " ".join(said.lower().split())
    known = CITY_NAMES.get(lower) or _WRITTEN.get(lower)
    return known or (said.title() if said.islower() else said)
