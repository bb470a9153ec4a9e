"""Cut documents into passages that fit into an answer, each with its headings and its citation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from core.knowledge.imports.document import Document
from core.knowledge.instructions import sift
from core.knowledge.passages import TITLE, Passage
from core.knowledge.sentences import sentences
from core.shop.records import Page
from core.types import Language

_MOST_WEIGHT = 480
"""Of one passage, in Latin characters; a Chinese one says as much as three. Some five sentences."""
_HAN_WEIGHT = 3
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_END = "。！？；”」』"
_MOSTLY = 0.15
"""The part of Chinese characters from which on a text is Chinese; its numbers, units and names are Latin."""
_QUESTION_END = re.compile(r"[?？]\s*$")
_NUMBER = re.compile(r"^\s*(?:\d+|[一二三四五六七八九十]+)\s*[.)、．]\s*")
_QUESTION = re.compile(
    r"[?？]\s*$|^(?:how|what|when|where|why|who|can|do|does|is|are|may|which|怎么|如何|什么|为什么|能不能|可以)\b", re.I
)
_HEADINGS_SHOWN = " > "
_DOCUMENT = "doc:"
_BODY = 0.8
"""How much a word of the text counts beside one of the heading: a document's headings say less than a page's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A stretch of a document."""

    section: int
    """1, 2, ... within the document; the citation's fragment."""
    headings: tuple[str, ...]
    text: str
    """Without what spoke to the clerk."""
    left_out: tuple[str, ...] = ()
    """Sentences that looked like instructions to the clerk, for the shop's staff to see."""


def chunks(document: Document) -> tuple[Chunk, ...]:
    """Return a document's passages in order; hidden instructions are left out and kept beside them."""
    found: list[Chunk] = []
    for section in document.sections:
        headings = tuple(sift(heading).text for heading in section.headings)
        sifted = sift(section.text)
        left_out = sifted.left_out
        pieces = [(asked, piece) for asked, text in _asked(sifted.text) for piece in _pieces(text)]
        for asked, piece in pieces or ([("", "")] if left_out else []):
            own = (*headings, asked) if asked else headings
            found.append(Chunk(section=len(found) + 1, headings=own, text=piece, left_out=left_out))
            left_out = ()
    return tuple(found)


def _asked(text: str) -> Iterator[tuple[str, str]]:
    """Yield (question, answer) for lines that hold both, ("", text) for the text between them."""
    plain: list[str] = []
    for line in text.split("\n"):
        first, *rest = sentences(line) or [""]
        if not (rest and _QUESTION_END.search(first)):
            plain.append(line)
            continue
        if any(plain):
            yield "", "\n".join(plain)
            plain = []
        yield _NUMBER.sub("", first), line[line.index(first) + len(first) :].strip()
    if any(plain):
        yield "", "\n".join(plain)


def _pieces(text: str) -> Iterator[str]:
    """Yield runs of whole lines and sentences up to the most that one passage holds."""
    piece = ""
    for line in text.split("\n"):
        for place, sentence in enumerate(_bounded(line)):
            longer = piece + _between(piece, new_line=place == 0) + sentence
            if piece and _weight(longer) > _MOST_WEIGHT:
                yield piece
                longer = sentence
            piece = longer
    if piece:
        yield piece


def _between(piece: str, *, new_line: bool) -> str:
    """Return what stands between a passage so far and its next sentence."""
    if not piece or new_line:
        return "\n" if piece else ""
    return "" if piece[-1] in _CHINESE_END or _HAN.search(piece[-1]) else " "


def _bounded(line: str) -> Iterator[str]:
    """Yield a line's sentences; one longer than a passage is cut."""
    for sentence in sentences(line):
        most = _MOST_WEIGHT // (_HAN_WEIGHT if language_of(sentence) == "zh" else 1)
        for at in range(0, len(sentence), most):
            yield sentence[at : at + most]


def _weight(text: str) -> int:
    return len(text) + (_HAN_WEIGHT - 1) * len(_HAN.findall(text))


def language_of(text: str) -> Language:
    """Return "zh" for text with Chinese characters enough, else "en"."""
    letters = sum(character.isalnum() for character in text)
    return "zh" if letters and len(_HAN.findall(text)) / letters >= _MOSTLY else "en"


def as_page(document_id: str, title: str, chunk: Chunk) -> Page:
    """Return a passage as a page of the shop, "doc:ID#SECTION", so that both are searched and quoted alike."""
    language = language_of(chunk.text)
    *above, last = (title, *chunk.headings) if chunk.headings else (title,)
    name = last if _QUESTION.search(last) or not above else _HEADINGS_SHOWN.join([*above[-1:], last])
    return Page(
        id=f"{_DOCUMENT}{document_id}#{chunk.section}",
        titles=MappingProxyType({language: name}),
        bodies=MappingProxyType({language: chunk.text}),
    )


def is_document(page: Page) -> bool:
    """Return whether a page is a passage of an imported document."""
    return page.id.startswith(_DOCUMENT)


def citation_of(page: Page) -> str:
    """Return what a reply cites: "doc:ID#SECTION" of a document, "page:ID" of the shop's own."""
    return page.id if is_document(page) else f"page:{page.id}"


def of_document(page: Page) -> Passage:
    """Return the passage of a document's page: found by its heading and by each stretch of its text.

    Its id begins with "page:", as every page's does.
    """
    (title,), (body,) = page.titles.values(), page.bodies.values()
    pieces = sentences(body)
    pairs = [" ".join(pieces[at : at + 2]) for at in range(0, len(pieces), 2)]
    return Passage(
        id=f"page:{page.id}",
        fields=((title, TITLE), (body, _BODY)),
        sentences=(title,),
        details=tuple(dict.fromkeys(pairs)),
    )
