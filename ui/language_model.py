"""The language model of the configuration, as a chain with a purse; None where there is none."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

from core import registry
from core.config import Model, Settings
from core.engine import Responds, Understands
from core.errors import BackendError, ConfigError, ModelMissingError
from core.generation.abroad import Abroad
from core.generation.chain import Chain, Link
from core.generation.desk import DeskTranslator
from core.generation.interpreter import Interpreter
from core.generation.sight import Catalogue, ModelSight, Photo
from core.generation.spending import Budget, Purse
from core.generation.translator import Translator
from core.generation.writer import Style, Writer
from core.journal.spending import StoreSpending
from core.journal.store import Store
from core.journal.translations import StoreTranslations
from core.knowledge.facts import Facts
from core.packs.pack import Pack
from core.ports import TextEncoder
from core.resilience import in_worker

_UNDERSTAND, _WORD = 0.25, 0.4
"""Shares of a turn's time that a model may take at most; the rest is for the turn itself."""
_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def open_purse(settings: Settings, store: Store) -> AsyncIterator[Purse | None]:
    """Build the models that `model.backends` names; one that cannot be built is told and left out.

    Their connections are closed at the end. Raises `ConfigError` for a spec that is wrong, which no other model mends.
    """
    async with _chain(settings, "backends") as chain:
        yield Purse(model=chain, budget=_budget(settings.model), spending=StoreSpending(store)) if chain else None


@asynccontextmanager
async def open_eyes(settings: Settings, store: Store, beside: Purse | None) -> AsyncIterator[Purse | None]:
    """Build the models that `model.see` names, as `open_purse` does; they spend of one budget with those `beside`."""
    async with _chain(settings, "see") as chain:
        if chain is None:
            yield None
        elif beside is None:
            yield Purse(model=chain, budget=_budget(settings.model), spending=StoreSpending(store))
        else:
            yield replace(beside, model=chain)


@asynccontextmanager
async def _chain(settings: Settings, key: Literal["backends", "see"]) -> AsyncIterator[Chain | None]:
    links = []
    specs = settings.model.see if key == "see" else settings.model.backends
    for spec in specs:
        try:
            built = await in_worker(
                registry.build,
                "language",
                spec,
                settings.models.folder.expanduser(),
                api_key=settings.model.api_key.get_secret_value(),
            )
            if key == "see" and not built.capabilities.sees:
                raise ConfigError(
                    f"{spec!r} does not see: name an endpoint (openai:...), or a vision-language model of transformers "
                    "with vision=true"
                )
        except ConfigError as error:
            raise ConfigError(f"model.{key}: {error}") from error
        except (ModelMissingError, BackendError) as error:
            if settings.serving.strict:
                raise
            _LOG.warning("the language model %s is off: %s", spec, error)
        else:
            links.append(Link(name=spec.partition("?")[0], model=built))
    if not links:
        yield None
        return
    chain = Chain(tuple(links))
    try:
        yield chain
    finally:
        await chain.aclose()


def interpreter(purse: Purse | None, pack: Pack, settings: Settings) -> Interpreter | None:
    """Return the third rung of understanding."""
    model, turn_s = settings.model, settings.engine.turn_timeout_s
    if purse is None or not model.understand:
        return None
    intents = {intent.name: intent for intent in pack.intents}
    return Interpreter(purse=purse, intents=intents, deadline_s=min(model.deadline_understand_s, turn_s * _UNDERSTAND))


def writer(
    purse: Purse | None, facts: Facts, encoder: TextEncoder | None, settings: Settings, currency: str
) -> Writer | None:
    """Return who words the answers."""
    model, turn_s = settings.model, settings.engine.turn_timeout_s
    if purse is None or not model.word:
        return None
    if not model.check:
        _LOG.warning("model.check is off: what the language model says is not compared with the records")
    style = Style(
        tone=model.tone,
        check=model.check,
        deadline_s=min(model.deadline_s, turn_s * _WORD),
        deadline_spoken_s=min(model.deadline_spoken_s, turn_s * _WORD),
        max_tokens=model.max_tokens,
    )
    return Writer(purse=purse, facts=facts, encoder=encoder, style=style, currency=currency)


def sight(eyes: Purse | None, catalogue: Catalogue, photo: Photo, settings: Settings) -> ModelSight | None:
    """Return who looks at photos closely."""
    if eyes is None:
        return None
    deadline_s = min(settings.model.deadline_s, settings.engine.turn_timeout_s * _WORD)
    return ModelSight(purse=eyes, photo=photo, catalogue=catalogue, deadline_s=deadline_s)


def abroad(purse: Purse | None, understander: Understands, dialogue: Responds, settings: Settings) -> Abroad | None:
    """Return who serves customers of other languages."""
    if purse is None or not settings.model.translate:
        return None
    deadline_s = min(settings.model.deadline_s, settings.engine.turn_timeout_s * _UNDERSTAND)
    return Abroad(
        understander=understander, dialogue=dialogue, translator=Translator(purse=purse, deadline_s=deadline_s)
    )


def desk_translator(purse: Purse | None, store: Store, settings: Settings) -> DeskTranslator:
    """Return who translates conversations for the shop's people."""
    translator = Translator(purse=purse, deadline_s=settings.model.deadline_s) if purse else None
    return DeskTranslator(translator=translator, kept=StoreTranslations(store))


def _budget(model: Model) -> Budget:
    return Budget(
        conversation_tokens=model.conversation_tokens,
        day_tokens=model.day_tokens,
        day_money=model.day_money,
        prompt_price=model.prompt_price,
        completion_price=model.completion_price,
    )
