"""Hold the calls of cases, one after the other: models and line run in real time, and two would disturb each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from core import registry
from core.config import Settings
from core.resilience import in_worker
from ui.app import Needs
from ui.case_houses import open_houses
from ui.phone_trial.cases import CallCase
from ui.phone_trial.clock import Clock
from ui.phone_trial.judge import judge
from ui.phone_trial.report import CallTrial
from ui.phone_trial.trial import Door, Stand, house_of
from ui.phone_trial.voices import Voices
from voice.call.conversation import House


async def run_calls(
    settings: Settings,
    cases: Sequence[CallCase],
    *,
    repeat: int = 1,
    unhurried: bool = False,
    door: Door = "none",
    shop: Path | None = None,
    tell: Callable[[CallTrial], None] | None = None,
) -> tuple[CallTrial, ...]:
    """Hold every call `repeat` times, each with a clerk that nobody has talked to; `tell` hears of each."""
    stand = await stand_of(settings, Clock(unhurried=unhurried), door)
    trials = []
    async with open_houses(settings, Needs(seeing=False), shop=shop) as houses:
        open_: dict[Path, House] = {}
        for number in range(1, repeat + 1):
            for case in cases:
                async with houses.house(case.shop) as app:
                    house = open_.setdefault(app.data, house_of(app, stand.clock))
                    held = await stand.hold(house, case)
                trials.append(CallTrial(held=held, number=number, faults=judge(held, unhurried=unhurried)))
                if tell:
                    tell(trials[-1])
    return tuple(trials)


async def stand_of(settings: Settings, clock: Clock, door: Door = "none") -> Stand:
    """Return what trials share: the callers' voices, and an ear of their own of the configured kind."""
    models, key = settings.models.folder.expanduser(), settings.model.api_key.get_secret_value()
    return Stand(
        voices=Voices(models=models),
        listener=await in_worker(registry.build, "asr", settings.backends.asr, models, api_key=key),
        clock=clock,
        door=door,
    )
