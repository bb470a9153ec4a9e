"""Markdown, through its HTML: what is hidden there is hidden here."""

from __future__ import annotations

from core.knowledge.imports.document import Document
from core.knowledge.imports.html import read_markup
from core.knowledge.imports.text import decode


def read_markdown(data: bytes, name: str) -> Document:
    """Read CommonMark with tables; HTML inside it is read as HTML, comments are nothing."""
    from markdown_it import MarkdownIt  # only imports need it

    text = decode(data)
    if text.startswith("---\n") and "\n---" in text[4:]:
        text = text[4:].partition("\n---")[2].partition("\n")[2]  # front matter is for programs
    markup = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    return read_markup(markup, name, format_="markdown")
