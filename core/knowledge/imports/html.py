"""HTML as a reader sees it: headings and paragraphs, without menus and without hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from core.errors import DocumentError
from core.knowledge.imports.document import Document, Section
from core.knowledge.imports.text import decode, visible

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NO_TEXT = (
    "script, style, noscript, template, nav, footer, aside, form, button, select, svg, iframe, object, canvas, "
    "[hidden], [aria-hidden=true], input, textarea, dialog:not([open])"
)
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*0(?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
    r"|(?:text-indent|left|top|margin-left)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|(?:max-)?(?:width|height)\s*:\s*0(?:px)?\s*(?:;|$|!)"
    r"|color\s*:\s*transparent",
    re.IGNORECASE,
)
"""Styles by which words are there for machines and not for people."""
_WHITE_ON_WHITE = re.compile(
    r"(?<!-)color\s*:\s*(?:#f{3}(?:f{3})?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.I
)
_BACKGROUND = re.compile(r"background", re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]+;")
_UNFOLDS = re.compile(r"accord|collaps|panel|tab|answer|faq|toggle|expand|drop", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "dt": 7, "summary": 7}
_BLOCKS = frozenset(
    "address article blockquote body dd details div dl fieldset figcaption figure header hr li main ol p pre section "
    "table tbody thead tr ul br".split()
)
_CELLS = frozenset({"td", "th"})
_MOST_NODES = 200_000
"""A page with more is no page that people read."""


def read_html(data: bytes, name: str, *, declared: str = "") -> Document:
    """Read a page; raises `DocumentError` when it is too large to be one."""
    found = _DECLARED.search(data[:4096])
    text = decode(data, declared=declared or (found[1].decode("ascii") if found else ""))
    return read_markup(text, name, format_="html")


def read_markup(text: str, name: str, *, format_: str) -> Document:
    """Read HTML that is text already, which other formats are turned into."""
    from selectolax.lexbor import LexborHTMLParser  # a compiled parser; only imports need it

    page = LexborHTMLParser(text)
    _drop_unseen(page)
    root = page.css_first("main") or page.css_first("article") or page.body
    titled = page.css_first("title")
    title = _line(titled.text()) if titled else ""
    sections = _sections(root) if root is not None else []
    if not title:
        title = next((section.headings[0] for section in sections if section.headings), name)
    return Document(title=title, format=format_, sections=tuple(sections))


def _drop_unseen(page: LexborHTMLParser) -> None:
    from selectolax.lexbor import SelectolaxError

    for selector in [one for sheet in page.css("style") for one in _unseen_selectors(sheet.text())]:
        with suppress(SelectolaxError):  # a selector that this parser does not know hides nothing
            for node in page.css(selector):
                node.decompose()
    for node in page.css(_NO_TEXT):
        node.decompose()
    if page.body is not None and not page.css_first("main, article"):
        for node in page.css("body > header"):
            node.decompose()
    for node in page.css("[style]"):
        style = node.attributes.get("style") or ""
        if _is_unseen(style):
            node.decompose()


def _is_unseen(style: str) -> bool:
    return bool(_UNSEEN_STYLE.search(style)) or bool(_WHITE_ON_WHITE.search(style) and not _BACKGROUND.search(style))


def _unseen_selectors(sheet: str) -> list[str]:
    """Return the selectors by which a style sheet hides text on every screen, other than what a click unfolds."""
    rules = _RULE.finditer(_AT_RULE.sub("", _CSS_COMMENT.sub("", sheet)))
    return [rule[1].strip() for rule in rules if _is_unseen(rule[2]) and not _UNFOLDS.search(rule[1])]


def _sections(root: LexborNode) -> list[Section]:
    found: list[Section] = []
    path: dict[int, str] = {}
    lines: list[str] = []
    heading, words = 0, ""

    def close() -> None:
        body = "\n".join(filter(None, lines))
        if body:
            found.append(Section(headings=tuple(path[level] for level in sorted(path)), text=body))
        lines.clear()

    for tag, text, opens in _walk(root):
        if tag in _HEADINGS:
            if opens:
                lines.append(_line(words))
                close()
                heading, words = _HEADINGS[tag], ""
            else:
                path = {level: name for level, name in path.items() if level < heading}
                if _line(words):
                    path[heading] = _line(words)
                heading, words = 0, ""
        elif text is not None:
            words += text
        elif tag in _CELLS:
            words += "" if opens or not words.strip() else " | "
        elif tag in _BLOCKS and not heading:
            lines.append(_line(words))
            words = ""
    lines.append(_line(words))
    close()
    return found


def _walk(root: LexborNode) -> Iterator[tuple[str, str | None, bool]]:
    """Yield (tag, text, whether it opens) in the order of the page; own stack, for pages nest as they like."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    seen = 0
    while stack:
        node, opens = stack.pop()
        seen += 1
        if seen > _MOST_NODES:
            raise DocumentError(f"the page has more than {_MOST_NODES} elements: import its parts one by one")
        tag = node.tag or ""
        if tag == "-text":
            yield tag, node.text_content or "", True
            continue
        if tag.startswith(("-", "_", "!")):
            continue  # comments
        yield tag, None, opens
        if opens:
            stack.append((node, False))
            stack += [(child, True) for child in reversed(list(node.iter(include_text=True)))]


def _line(words: str) -> str:
    return re.sub(r"\s+", " ", visible(words)).strip(" |\n")
