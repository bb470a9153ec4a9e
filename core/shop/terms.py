"""The terms of a shop: what customers may do to their orders, as its policy file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictStr, TypeAdapter, ValidationError

from core.errors import ConfigError

FILE = Path(str(files("assets"))) / "packs" / "shop" / "policy.yaml"
"""The terms where a shop says nothing else: those of ../shared/data/retail/policy.md."""

_EXACT = ConfigDict(extra="forbid")


def _ascending(span: tuple[int, int]) -> tuple[int, int]:
    if span[0] > span[1]:
        raise ValueError("expected the fewest days before the most, such as [5, 7]")
    return span


def _with_other(spans: dict[str, Span]) -> dict[str, Span]:
    if "other" not in spans:
        raise ValueError("expected a line 'other' for all kinds of payment that are not listed")
    return spans


Word: TypeAlias = Annotated[StrictStr, Field(min_length=1)]
Days: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=3650)]
Span: TypeAlias = Annotated[tuple[Days, Days], AfterValidator(_ascending)]
Field_: TypeAlias = Literal["address1", "address2", "city", "state", "country", "zip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTerms:
    """When a pending order may be cancelled."""

    __pydantic_config__ = _EXACT
    reasons: Annotated[tuple[Word, ...], Field(min_length=1)]
    """As the records write them; no other reason counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsTerms:
    """How the goods of a pending order may be changed."""

    __pydantic_config__ = _EXACT
    once_only: StrictBool
    locks_order: StrictBool
    """Whether afterwards nothing else about the order may be changed, nor the order be cancelled."""
    same_item: StrictBool
    """Whether the very same may be asked for; it counts as the one change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTerms:
    """How delivered goods may be sent back."""

    __pydantic_config__ = _EXACT
    days: Days | None
    """Since delivery; None for no limit."""
    once_only: StrictBool
    refund_to: Annotated[tuple[Literal["original", "gift_card"], ...], Field(min_length=1)]
    excluded: tuple[Word, ...]
    """Categories and product ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTerms:
    """How delivered goods may be exchanged."""

    __pydantic_config__ = _EXACT
    days: Days | None
    """Since delivery; None for no limit."""
    once_only: StrictBool
    excluded: tuple[Word, ...]
    """Categories and product ids."""
    same_item: StrictBool
    """Whether a fresh one of the very same may be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTerms:
    """How long refunds take."""

    __pydantic_config__ = _EXACT
    days: Annotated[dict[Word, Span], AfterValidator(_with_other)]
    """Fewest and most working days by `PaymentMethod.source`; "other" for the rest, (0, 0) for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressTerms:
    """What makes an address whole."""

    __pydantic_config__ = _EXACT
    required: tuple[Field_, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All terms of a shop."""

    __pydantic_config__ = _EXACT
    cancel: CancelTerms
    items: ItemsTerms
    returns: ReturnTerms
    exchanges: ExchangeTerms
    refunds: RefundTerms
    address: AddressTerms


def load_terms(file: Path) -> Terms:
    """Return the terms in `file`; what it leaves out is as in the built-in policy.

    Raises `ConfigError` listing every mistake with file, key, value and what was expected.
    """
    return terms_from(_read(file), where=str(file))


def terms_from(stated: Mapping[str, Any], *, where: str) -> Terms:
    """Return the built-in terms with what a shop states in their place; `where` is how errors call it.

    Raises `ConfigError` listing every mistake with its key, its value and what was expected.
    """
    try:
        return _adapter().validate_python(_laid_over(_built_in(), stated))
    except ValidationError as error:
        raise ConfigError(_explained(error, where)) from error


@cache
def retail_terms() -> Terms:
    """Return the built-in terms."""
    return terms_from({}, where=str(FILE))


@cache
def _adapter() -> TypeAdapter[Terms]:
    return TypeAdapter(Terms)


@cache
def _built_in() -> Mapping[str, Any]:
    return _read(FILE)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the policy {file} cannot be read ({error})") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file} is not valid YAML: {error}") from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ConfigError(f"{file}: expected sections such as 'returns:' with their keys")
    return raw


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, `above` winning key by key within a section; `refunds.days` is replaced as a whole."""
    merged = dict(below)
    for section, stated in above.items():
        under = merged.get(section)
        merged[section] = {**under, **stated} if isinstance(under, dict) and isinstance(stated, dict) else stated
    return merged


def _explained(error: ValidationError, where: str) -> str:
    lines = [f"{where} has {error.error_count()} mistake(s):"]
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "unexpected_keyword_argument":
            lines.append(f"  {key} = {item['input']!r}: there is no such key")
        else:
            expected = item["msg"].removeprefix("Input should be ").removeprefix("Value error, expected ")
            expected = expected.replace("Tuple should have", "a list of").replace(" after validation", "")
            lines.append(f"  {key} = {item['input']!r}: expected {expected}")
    return "\n".join(lines)
