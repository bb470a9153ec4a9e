"""Which reader a file needs, told by its bytes first and its name second."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.errors import DocumentError
from core.knowledge.imports.document import Document
from core.knowledge.imports.docx import read_docx
from core.knowledge.imports.faq import read_csv, read_json
from core.knowledge.imports.html import read_html
from core.knowledge.imports.markdown import read_markdown
from core.knowledge.imports.pdf import read_pdf
from core.knowledge.imports.text import read_text

SUFFIXES = (".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".csv", ".tsv", ".json", ".txt")
"""What a folder is searched for."""
MOST_BYTES = 30 * 2**20
"""Of one file; a manual of a thousand pages has a tenth of it."""

_OLD_WORD = b"\xd0\xcf\x11\xe0"
_MARKUP = re.compile(
    rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|article|main|div)\b", re.IGNORECASE | re.DOTALL
)


def read_document(data: bytes, name: str, *, media_type: str = "", charset: str = "") -> Document:
    """Return what a file or page called `name` holds.

    Raises `DocumentError` when it is empty, too large, damaged, locked, or nothing that can be read.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError(f"{name} has {len(data) >> 20} MB; {MOST_BYTES >> 20} MB are allowed: split it")
    if not data.strip():
        raise DocumentError(f"{name} is empty")
    try:
        document = _read(data, name, media_type, charset)
    except DocumentError as error:
        raise DocumentError(f"{name}: {error}") from error
    if not any(section.text.strip() for section in document.sections):
        raise DocumentError(f"{name} holds no text that a reader would see")
    return document


def _read(data: bytes, name: str, media_type: str, charset: str) -> Document:
    path = PurePath(name)
    suffix, stem = path.suffix.lower(), path.stem or name
    if data.lstrip()[:5] == b"%PDF-":
        return read_pdf(data, stem)
    if data[:4] == b"PK\x03\x04" or suffix == ".docx":
        return read_docx(data, stem)
    if data[:4] == _OLD_WORD:
        raise DocumentError("an old or password-protected Office file: save it as .docx or PDF without a password")
    if (
        "html" in media_type
        or suffix in (".html", ".htm")
        or (suffix not in (".md", ".markdown") and _MARKUP.match(data))
    ):
        return read_html(data, stem, declared=charset)
    if suffix in (".md", ".markdown") or "markdown" in media_type:
        return read_markdown(data, stem)
    if suffix in (".csv", ".tsv") or "csv" in media_type:
        return read_csv(data, stem)
    if suffix == ".json" or "json" in media_type:
        return read_json(data, stem)
    if suffix in (".txt", ".text", "") or media_type.startswith("text/"):
        return read_text(data, stem)
    raise DocumentError(f"files of type {suffix} cannot be read; known are {', '.join(SUFFIXES)} and web pages")
