"""PDF files that hold text."""

from __future__ import annotations

import io
import logging
import re

from core.errors import DocumentError
from core.knowledge.imports.document import Document, Section
from core.knowledge.imports.text import visible

_MOST_PAGES = 2000
_LEAST_CHARS = 8
"""Per page, on average; a scan has none."""
_PARAGRAPH_END = re.compile(r"[。！？.!?:：;；]\s*$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SHORT_LINE = 0.7
"""Of the page's longest line; a line this short that ends a sentence ends a paragraph."""


def read_pdf(data: bytes, name: str) -> Document:
    """Read the pages' text, a section each; raises `DocumentError` for an encrypted, scanned or damaged file."""
    from pypdf import PdfReader  # only imports need it
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it tells of every small flaw that it mends
    locked = "the PDF is encrypted: remove its password and import it again"
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(locked)
        if len(reader.pages) > _MOST_PAGES:
            raise DocumentError(f"the PDF has more than {_MOST_PAGES} pages: split it")
        pages = [_flowing(visible(page.extract_text())) for page in reader.pages]
        title = str(reader.metadata.get("/Title") or "").strip() if reader.metadata else ""
    except (FileNotDecryptedError, DependencyError) as error:
        raise DocumentError(locked) from error
    except DocumentError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise DocumentError(f"the PDF is damaged ({error}): save or print it again as PDF") from error
    if sum(map(len, pages)) < _LEAST_CHARS * max(len(pages), 1):
        raise DocumentError("the PDF holds no text, only pictures of it (a scan): run OCR over it first")
    sections = [Section(headings=(f"p. {at}",), text=text) for at, text in enumerate(pages, start=1) if text]
    return Document(title=visible(title) or name, format="pdf", sections=tuple(sections))


def _flowing(page: str) -> str:
    """Join the lines that the page's width broke; a short line that ends a sentence ends a paragraph."""
    lines = [line.strip() for line in page.splitlines()]
    widest = max(map(len, lines), default=0)
    joined = ""
    for line in lines:
        if not line:
            joined += "\n"
            continue
        joined += line
        ends = _PARAGRAPH_END.search(line) and len(line) < _SHORT_LINE * widest
        if ends:
            joined += "\n"
        elif joined.endswith("-") and line[-2:-1].isalpha():
            joined = joined[:-1]
        elif not _HAN.match(line[-1:]) and line[-1:].isascii():
            joined += " "
    return re.sub(r"\n{2,}", "\n", joined).strip()
