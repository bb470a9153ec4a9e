"""How quickly the clerk answers on the telephone: whole calls over a good line, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from core.config import Settings
from core.errors import ConfigError
from core.types import Language
from learning.evaluation.cases import Expectation
from learning.evaluation.speech import read_clips
from ui.app import Needs
from ui.case_houses import open_houses
from ui.house import spoken_openings
from ui.phone_trial.cases import Act, CallCase, CallExpectation
from ui.phone_trial.clock import Clock
from ui.phone_trial.handset import Conditions
from ui.phone_trial.judge import Held
from ui.phone_trial.measure import Answer, Stages
from ui.phone_trial.run import stand_of
from ui.phone_trial.trial import house_of

Openings = Sequence[tuple[str, Language]]

_OWN = Path(__file__).parent.parent / "assets" / "bench" / "voice.yaml"
_TURNS_A_CALL = 5
_INTO_ANSWER_S = 1.5
"""How far into an answer it is interrupted."""


async def measure(
    settings: Settings,
    turns: int,
    *,
    clips: Path | None = None,
    tell: Callable[[int], None] = lambda _: None,
    watched: Callable[[Openings], Iterable[tuple[str, Language]]] = iter,
) -> dict[str, Any]:
    """Hold calls until `turns` sentences were said; `tell` hears how many more were.

    Each call but those of `clips` ends with an interruption. The voices practise first, as they do in the minutes
    after the start of a clerk that nobody calls; what they say goes through `watched`. Raises `ConfigError` for a
    manifest that cannot be read.
    """
    stand = await stand_of(settings, Clock())
    held: list[Held] = []
    async with open_houses(settings, Needs(seeing=False)) as houses:
        for case in calls_of_clips(clips, turns) if clips else own_calls(turns):
            async with houses.house() as app:
                if not held:
                    house = house_of(app, stand.clock)
                    await house.phrasebook.practise(watched(await spoken_openings(app)))
                held.append(await stand.hold(house, case))
            tell(sum(act.while_speaking_s is None for act in case.acts))
    return report_of(held)


def own_calls(turns: int) -> list[CallCase]:
    """Return calls that say `turns` sentences in all, each with an interruption at its end."""
    rows = yaml.safe_load(_OWN.read_text(encoding="utf-8"))
    cases: list[CallCase] = []
    for row in cycle(rows):
        left = turns - sum(len(case.acts) - 1 for case in cases)
        if not left:
            break
        question, stop = row["interrupt"]
        acts = [Act(say=(text,)) for text in (*row["turns"][: left - 1], question)]
        cases.append(call_of(len(cases), row["lang"], (*acts, Act(say=(stop,), while_speaking_s=_INTO_ANSWER_S))))
    return cases


def calls_of_clips(manifest: Path, turns: int) -> list[CallCase]:
    """Return calls that play the recordings of a manifest, over and over until there are `turns`."""
    clips = read_clips(manifest)
    if missing := next((clip.file for clip in clips if not clip.file.is_file()), None):
        raise ConfigError(f"{manifest} names {missing}, and there is no such file")
    chosen = list(islice(cycle(clips), turns))
    groups = [chosen[at : at + _TURNS_A_CALL] for at in range(0, turns, _TURNS_A_CALL)]
    return [
        call_of(number, "mixed", tuple(Act(audio=clip.file) for clip in group)) for number, group in enumerate(groups)
    ]


def call_of(number: int, language: str, acts: tuple[Act, ...]) -> CallCase:
    """Return a call over a good line that expects nothing."""
    return CallCase(
        id=f"bench{number}",
        language=language,
        caller="+8613800000000",
        voice="",
        acts=acts,
        line=Conditions(),
        person_answers=None,
        calls_before=0,
        expect=CallExpectation(spoken=Expectation()),
        shop=None,
        file=_OWN,
        at=0,
    )


def report_of(held: Sequence[Held]) -> dict[str, Any]:
    """Return percentiles in seconds, and how often something went wrong."""
    asked: list[Answer] = []
    silences: list[float] = []
    stopped = interruptions = 0
    for call in held:
        for done, answer, silence in zip(call.done, call.answers, call.silences, strict=True):
            if done.act.while_speaking_s is None:
                asked.append(answer)
            elif silence is not None:
                interruptions += 1
                if silence < 2.0:
                    stopped += 1
                    silences.append(silence)
    first = [answer.first_audio_s for answer in asked if answer.first_audio_s is not None]
    stages = [answer.stages for answer in asked if answer.stages]
    return {
        "turns": len(asked),
        **percentiles("first_audio", first),
        **{
            key: value
            for stage in fields(Stages)
            for key, value in percentiles(stage.name, [getattr(one, stage.name) for one in stages]).items()
        },
        "waited_long": sum(answer.waited_long for answer in asked),
        "answered_early": sum(answer.asked_early for answer in asked),
        "never_answered": sum(answer.first_audio_s is None for answer in asked),
        "interruptions": interruptions,
        "stopped": stopped,
        **percentiles("silence", silences),
        **percentiles("greeting", [call.greeted_s for call in held if call.greeted_s is not None]),
    }


def percentiles(name: str, values: Sequence[float]) -> dict[str, float | None]:
    """Return p50 and p95 in seconds under their names; None where there is nothing."""
    ordered = sorted(values)
    return {
        f"{name}_{share}_s": round(ordered[min(len(ordered) - 1, int(len(ordered) * at))], 3) if ordered else None
        for share, at in (("p50", 0.5), ("p95", 0.95))
    }
