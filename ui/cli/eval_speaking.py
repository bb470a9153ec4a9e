"""`zhanggui eval tts`: what the clerk says is heard again by its own ears, and timed."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import AsJson, settings, show


def tts(
    context: typer.Context,
    texts: Annotated[
        Path | None, typer.Option(help="Sentences: zh or en, a tab, the text. Default: ten of a shop's day.")
    ] = None,
    voice: Annotated[str, typer.Option(help="Spec of one voice for all; default: backends.tts_en and tts_zh.")] = "",
    recognizer: Annotated[str, typer.Option(help="Spec of the recogniser; default: backends.asr.")] = "",
    telephone: Annotated[bool, typer.Option(help="Hear it in the band of a telephone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Speak sentences; report by language how much is heard otherwise, when the first sound comes, and the time."""
    from core import registry
    from learning.evaluation.speaking import SENTENCES, read_sentences
    from ui.speaking_scores import scores_of
    from voice.speaker import build_speaker

    chosen = settings(context)
    said = read_sentences(texts) if texts else SENTENCES
    key, folder = chosen.model.api_key.get_secret_value(), chosen.models.folder.expanduser()
    backends = chosen.backends.model_copy(update={"tts_en": voice, "tts_zh": voice} if voice else {})
    languages = {language for language, _ in said}
    unused = {name: "" for name in ("tts_en", "tts_zh") if name[-2:] not in languages}
    speaker = build_speaker(backends.model_copy(update=unused), folder, chosen.voice, api_key=key)
    ears = registry.build("asr", recognizer or backends.asr, folder, api_key=key)
    scores = asyncio.run(scores_of(speaker, ears, said, telephone=telephone))
    values = {language: dataclasses.asdict(one) for language, one in scores.items()}
    lines = [f"{language} {name:14} {value}" for language, one in values.items() for name, value in one.items()]
    show(values, "\n".join(lines), as_json=as_json)
