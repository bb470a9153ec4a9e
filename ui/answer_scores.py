"""Ask the clerk a set of questions about the demo shop, each in a conversation of its own, and judge the answers."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from core.config import Settings
from core.generation.claims import claims
from core.shop.records import Product
from core.types import ButtonsPart, Turn
from core.wording.plain import plain
from learning.evaluation.answers import AskedAnswer, GivenAnswer, read_answers
from learning.evaluation.retrieval import read_questions
from ui.app import Application, Needs
from ui.case_houses import open_houses
from ui.retrieval_scores import BUILT_IN as PAGES
from ui.terminal import Terminal

PRODUCTS = Path(str(files("assets"))) / "knowledge" / "answers.tsv"
"""Questions about the demo shop's products, and such as no record answers."""


def built_in() -> list[AskedAnswer]:
    """Return the questions of ours about the demo shop, in both languages."""
    pages = [
        AskedAnswer(question=one.question, language="", about=next(iter(sorted(one.docs)), ""), says=None)
        for one in read_questions(PAGES)
    ]
    return [*read_answers(PRODUCTS), *pages]


async def ask_all(settings: Settings, asked: Sequence[AskedAnswer]) -> AsyncIterator[tuple[AskedAnswer, GivenAnswer]]:
    """Yield each question with its answer as the configured clerk gives it."""
    needs = Needs(hearing=False, seeing=False, speaking=False)
    async with open_houses(settings, needs) as houses, houses.house() as app:
        await app.warm()
        for question in asked:
            terminal = Terminal(engine=app.engine, conversation_id=uuid.uuid4().hex, channel="web")
            began = time.perf_counter()
            turn = await terminal.say(question.question)
            yield question, _given(turn, app, (time.perf_counter() - began) * 1000)


def _given(turn: Turn, app: Application, ms: float) -> GivenAnswer:
    cited = tuple(dict.fromkeys(one.source for reply in turn.replies for one in reply.citations))
    text = plain(turn)
    steps = [step.removeprefix("word.") for step in turn.steps if step.startswith("word.")]
    return GivenAnswer(
        text=text,
        cited=cited,
        offered=tuple(
            one.value
            for reply in turn.replies
            for part in reply.parts
            if isinstance(part, ButtonsPart)
            for one in part.buttons
        ),
        declines=not cited or _declines(text, app),
        unsupported=_unsupported(text, cited, app) if cited else (),
        worded=",".join(steps),
        ms=ms,
    )


def _declines(text: str, app: Application) -> bool:
    """Return whether the first that was said is that the record does not say."""
    pattern = "|".join(
        re.escape(sentences["not_in_record"]).replace(re.escape("{product}"), ".+")
        for sentences in app.pack.templates.sentences.values()
    )
    return re.match(pattern, text.strip()) is not None


def _unsupported(text: str, cited: Sequence[str], app: Application) -> tuple[str, ...]:
    """Return the exact claims of an answer that the records it cites do not hold, whoever worded it.

    The records are read whole and in all languages, apart from how the clerk reads them for a model.
    """
    held = claims("\n".join(line for source in cited for line in _record(source, app)))
    known = {(claim.kind, claim.value) for claim in held} | {("number", claim.value) for claim in held}
    bare = {claim.value for claim in held if claim.kind == "number"}
    return tuple(
        claim.written for claim in claims(text) if (claim.kind, claim.value) not in known and claim.value not in bare
    )


def _record(source: str, app: Application) -> Iterator[str]:
    """Yield all that a product's record or a page says."""
    facts = app.dialogue.facts
    kind, _, key = source.partition(":")
    product = facts.product(key.partition("#")[0]) if kind in ("product", "review") else None
    if product is not None:
        yield from (*product.names.values(), *product.descriptions.values())
        yield from (text for texts in product.attributes.values() for text in texts.values())
        yield from (text for texts in product.option_texts.values() for text in texts.values())
        for variant in product.variants.values():
            yield from (f"{variant.price:g}", f"¥{variant.price:g}", *variant.options.values(), str(variant.stock))
        for review in product.reviews:
            yield f"{review.rating} {review.text}"
        counts = {len(product.variants), len(product.reviews)}
        counts |= {len({v.options.get(name) for v in product.variants.values()}) for name in _options(product)}
        yield " ".join(map(str, counts))
    page = facts.pages.get(key) or facts.pages.get(source)
    if page is not None:
        yield from (*page.titles.values(), *page.bodies.values())


def _options(product: Product) -> set[str]:
    return {name for variant in product.variants.values() for name in variant.options}
