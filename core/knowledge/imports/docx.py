"""Word documents."""

from __future__ import annotations

import io
import zipfile

from core.errors import DocumentError
from core.knowledge.imports.document import Document
from core.knowledge.imports.html import read_markup

_MOST_BYTES = 60 * 2**20
"""Unpacked; the longest manuals have a few megabytes of text, pictures are not unpacked."""
_MOST_RATIO = 150
"""Unpacked to packed, of a part larger than a megabyte; text packs about ten to one."""
_TEXT_PARTS = (".xml", ".rels")


def read_docx(data: bytes, name: str) -> Document:
    """Read headings, paragraphs, lists and tables; raises `DocumentError` for what is no sound document."""
    import mammoth  # only imports need it

    _refuse_bombs(data)
    try:
        converted = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(_no_image))
    except Exception as error:  # the library raises whatever its XML and ZIP readers meet in a damaged file
        raise DocumentError(f"the Word document is damaged ({type(error).__name__}): save it again as .docx") from error
    return read_markup(converted.value, name, format_="docx")


def _no_image(_image: object) -> dict[str, str]:
    return {"src": ""}


def _refuse_bombs(data: bytes) -> None:
    """Raise `DocumentError` when the parts unpack to far more than a document holds, or define entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            listed = [part for part in parts.infolist() if part.filename.endswith(_TEXT_PARTS)]
            if "word/document.xml" not in parts.namelist():
                raise DocumentError("this is no Word document (.docx): it has no word/document.xml")
            for part in listed:
                if part.file_size > 2**20 and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
                    raise DocumentError(f"{part.filename} unpacks to {part.file_size >> 20} MB: a ZIP bomb, not read")
            if sum(part.file_size for part in listed) > _MOST_BYTES:
                raise DocumentError(f"the document unpacks to more than {_MOST_BYTES >> 20} MB: split it")
            for part in listed:
                if b"<!DOCTYPE" in parts.read(part)[:4096]:
                    raise DocumentError(f"{part.filename} defines entities, which no word processor writes: not read")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, OSError) as error:
        how = "remove its password" if "password" in str(error) or data[:4] == b"\xd0\xcf\x11\xe0" else "save it again"
        raise DocumentError(f"this is no readable .docx file ({error}): {how} and import it again") from error
