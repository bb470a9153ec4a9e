"""HTML to the words that a person would read."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = {"p", "div", "li", "ul", "ol", "br", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "dt", "dd", "section"}
_UNREAD = {"script", "style", "template", "noscript"}
_TEMPLATE_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)
"""Directives of the shop system that made the page, such as {{store url=""}}."""


def plain(html: str) -> str:
    """Return the words of `html`, a line per paragraph; words without markup come back as they are."""
    reader = _Reader()
    reader.feed(_TEMPLATE_TAG.sub("", html))
    reader.close()
    lines = ("".join(reader.pieces)).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.pieces.append(data)
