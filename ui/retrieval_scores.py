"""The library under measurement: the demo shop's pages or a folder of documents, questions in, scores out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from core.errors import DocumentError
from core.knowledge.chunks import as_page, chunks, of_document
from core.knowledge.imports.reading import SUFFIXES, read_document
from core.knowledge.lexicon import load_lexicon
from core.knowledge.library import ENOUGH_OF_PAGE, Library, build_library
from core.knowledge.passages import Passage, of_page
from core.ports import TextEncoder
from learning.evaluation.retrieval import Asked, Found, RetrievalScores, score_retrieval
from ui.shop_folder import demo_records

BUILT_IN = Path(str(files("assets"))) / "knowledge" / "questions.tsv"
"""Questions about the demo shop's pages in both languages, a third of which nothing there answers."""
_PASSAGES = 40
"""Looked at for five different documents."""


def demo_passages() -> list[Passage]:
    """Return the demo shop's pages as passages."""
    return [of_page(page) for page in demo_records().pages.values()]


def folder_passages(folder: Path) -> list[Passage]:
    """Return the passages of a folder's documents; a question's doc is a file's name.

    Raises `DocumentError` for a folder without documents, and for one that cannot be read.
    """
    found = sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix.lower() in SUFFIXES)
    if not found:
        raise DocumentError(f"{folder} holds no documents ({', '.join(SUFFIXES)})")
    passages = []
    for file in found:
        document = read_document(file.read_bytes(), file.name)
        pages = (as_page(file.name, document.title, chunk) for chunk in chunks(document) if chunk.text)
        passages += [of_document(page) for page in pages]
    return passages


async def scores_of(
    encoder: TextEncoder | None, passages: Sequence[Passage], asked: Sequence[Asked]
) -> tuple[RetrievalScores, float]:
    """Build the library, ask every question; return the scores and the seconds that building took."""
    began = time.perf_counter()
    library = await build_library(passages, load_lexicon(), encoder)
    built_s = time.perf_counter() - began
    await library.search("warm up")
    with Progress(console=Console(stderr=True), transient=True) as bar:
        asking = bar.add_task("asking", total=len(asked))

        async def search(question: str) -> list[Found]:
            found = await _documents(library, question)
            bar.advance(asking)
            return found

        return await score_retrieval(search, asked, enough=ENOUGH_OF_PAGE), built_s


async def _documents(library: Library, question: str) -> list[Found]:
    best: dict[str, float] = {}
    for hit in await library.search(question, k=_PASSAGES):
        best.setdefault(document_of(hit.passage.id), hit.score)
    return [Found(doc, score) for doc, score in best.items()]


def document_of(passage_id: str) -> str:
    """Return what the question set calls a passage's document: "page:returns", or a file's name."""
    name = passage_id.partition("doc:")[2].rpartition("#")[0]
    return name or passage_id
