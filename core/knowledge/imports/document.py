"""What every format is read into."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Text under one heading."""

    headings: tuple[str, ...]
    """The way to it, outermost first; of a question with its answer, the question last."""
    text: str
    """Paragraphs, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file or web page, read."""

    title: str
    format: str
    """"markdown", "html", "pdf", "docx", "csv", "json" or "text"."""
    sections: tuple[Section, ...]

    @property
    def sha256(self) -> str:
        """Return the hash of what can be read in it: a page whose markup changed is the same document."""
        digest = hashlib.sha256()
        for section in self.sections:
            digest.update("\x1f".join((*section.headings, section.text)).encode())
            digest.update(b"\x1e")
        return digest.hexdigest()
