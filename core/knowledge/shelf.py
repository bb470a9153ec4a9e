"""The imported documents with their versions, kept in the store."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Connection, delete, func, insert, select, update

from core.errors import DocumentError
from core.journal.store import Store
from core.knowledge.chunks import Chunk, as_page, chunks
from core.knowledge.imports.document import Document
from core.knowledge.tables import DOCUMENTS, REVISION, VERSIONS
from core.shop.records import Page

Change: TypeAlias = Literal["new", "updated", "unchanged", "duplicate"]
_ID_CHARS = 40
_SLUG = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What an import did."""

    id: str
    """The document's id; of a duplicate, the id of the one that holds the same."""
    version: int
    change: Change
    passages: int
    left_out: tuple[str, ...]
    """Sentences that looked like instructions to the clerk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a document."""

    id: str
    source: str
    version: int
    current: bool
    """Whether it is the one that is searched."""
    sha256: str
    at: float
    """When it was imported, in seconds since 1970."""
    title: str
    format: str
    passages: tuple[Chunk, ...]


class Shelf:
    """Documents in a `Store`; each is known by its source, and importing it again adds a version."""

    def __init__(self, store: Store) -> None:
        """Keep the documents in `store`."""
        self._store = store
        self._revision = -1
        self._pages: tuple[Page, ...] = ()

    async def put(self, document: Document, source: str) -> Put:
        """Add a document, or a new version of it; what is there word for word is not added again."""
        return await self._store.write(lambda connection: _put(connection, document, source))

    async def versions(self, document_id: str = "") -> tuple[Version, ...]:
        """Return the current version of every document, or all versions of one, newest first.

        Raises `DocumentError` when there is no such document.
        """
        return await self._store.read(lambda connection: _versions(connection, document_id))

    async def remove(self, document_id: str) -> int:
        """Forget a document with all its versions; return how many there were."""
        return await self._store.write(lambda connection: _remove(connection, document_id))

    async def roll_back(self, document_id: str, to: int | None = None) -> int:
        """Search an older version again, the one before the current or version `to`; return its number."""
        return await self._store.write(lambda connection: _roll_back(connection, document_id, to))

    async def pages(self) -> tuple[Page, ...]:
        """Return the current passages as pages, read anew when anything changed."""
        fresh = await self._store.read(self._newer)
        if fresh is not None:
            self._revision, self._pages = fresh
        return self._pages

    def _newer(self, connection: Connection) -> tuple[int, tuple[Page, ...]] | None:
        revision = connection.execute(select(REVISION.c.revision)).scalar() or 0
        if revision == self._revision:
            return None
        current = _versions(connection, "")
        return revision, tuple(
            as_page(one.id, one.title, chunk) for one in current for chunk in one.passages if chunk.text
        )


def _put(connection: Connection, document: Document, source: str) -> Put:
    cut = chunks(document)
    left_out = tuple(sentence for chunk in cut for sentence in chunk.left_out)
    known = connection.execute(select(DOCUMENTS.c.id, DOCUMENTS.c.version).where(DOCUMENTS.c.source == source)).first()
    twin = connection.execute(
        select(DOCUMENTS.c.id, DOCUMENTS.c.version)
        .join(VERSIONS, (VERSIONS.c.document_id == DOCUMENTS.c.id) & (VERSIONS.c.version == DOCUMENTS.c.version))
        .where(VERSIONS.c.sha256 == document.sha256)
    ).first()
    if twin is not None:
        change: Change = "unchanged" if known is not None and known.id == twin.id else "duplicate"
        return Put(id=twin.id, version=twin.version, change=change, passages=len(cut), left_out=left_out)
    if known is None:
        document_id, version = _free_id(connection, document, source), 1
        connection.execute(insert(DOCUMENTS), {"id": document_id, "source": source, "version": version})
    else:
        newest = select(func.max(VERSIONS.c.version)).where(VERSIONS.c.document_id == known.id)
        document_id, version = known.id, (connection.execute(newest).scalar() or 0) + 1
        connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(version=version))
    body = json.dumps([asdict(chunk) for chunk in cut], ensure_ascii=False, separators=(",", ":"))
    row = {"document_id": document_id, "version": version, "sha256": document.sha256, "at": time.time()}
    connection.execute(insert(VERSIONS), {**row, "title": document.title, "format": document.format, "body": body})
    _changed(connection)
    kind: Change = "new" if known is None else "updated"
    return Put(id=document_id, version=version, change=kind, passages=len(cut), left_out=left_out)


def _free_id(connection: Connection, document: Document, source: str) -> str:
    """Return a short id that people can type: from the file's name or the page's title."""
    last = re.split(r"[/\\]", source.rstrip("/"))[-1].rpartition(".")
    named = last[0] or last[2] if "://" not in source else document.title
    slug = _SLUG.sub("-", named.lower()).strip("-")[:_ID_CHARS].strip("-") or "document"
    taken = set(connection.execute(select(DOCUMENTS.c.id)).scalars())
    return next(name for n in range(1, len(taken) + 2) if (name := slug if n == 1 else f"{slug}-{n}") not in taken)


def _versions(connection: Connection, document_id: str) -> tuple[Version, ...]:
    query = select(DOCUMENTS.c.source, DOCUMENTS.c.version.label("current"), VERSIONS).join(
        VERSIONS, VERSIONS.c.document_id == DOCUMENTS.c.id
    )
    if document_id:
        _known(connection, document_id)
        query = query.where(DOCUMENTS.c.id == document_id).order_by(VERSIONS.c.version.desc())
    else:
        query = query.where(VERSIONS.c.version == DOCUMENTS.c.version).order_by(DOCUMENTS.c.seq)
    return tuple(
        Version(
            id=row.document_id,
            source=row.source,
            version=row.version,
            current=row.version == row.current,
            sha256=row.sha256,
            at=row.at,
            title=row.title,
            format=row.format,
            passages=tuple(
                Chunk(
                    section=one["section"],
                    headings=tuple(one["headings"]),
                    text=one["text"],
                    left_out=tuple(one["left_out"]),
                )
                for one in json.loads(row.body)
            ),
        )
        for row in connection.execute(query)
    )


def _remove(connection: Connection, document_id: str) -> int:
    _known(connection, document_id)
    gone = connection.execute(delete(VERSIONS).where(VERSIONS.c.document_id == document_id)).rowcount
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.id == document_id))
    _changed(connection)
    return gone


def _roll_back(connection: Connection, document_id: str, to: int | None) -> int:
    current = _known(connection, document_id)
    numbers = connection.execute(
        select(VERSIONS.c.version).where(VERSIONS.c.document_id == document_id).order_by(VERSIONS.c.version)
    )
    listed = list(numbers.scalars())
    older = [number for number in listed if number < current]
    target = to if to is not None else (older[-1] if older else None)
    if target is None:
        raise DocumentError(f"version {current} of {document_id!r} is the first; there is none before it")
    if target not in listed:
        raise DocumentError(f"{document_id!r} has no version {target} (versions: {', '.join(map(str, listed))})")
    connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(version=target))
    _changed(connection)
    return target


def _known(connection: Connection, document_id: str) -> int:
    version = connection.execute(select(DOCUMENTS.c.version).where(DOCUMENTS.c.id == document_id)).scalar()
    if version is None:
        raise DocumentError(f"there is no document {document_id!r}; `zhanggui kb list` shows what there is")
    return int(version)


def _changed(connection: Connection) -> None:
    revision = connection.execute(select(REVISION.c.revision)).scalar()
    if revision is None:
        connection.execute(insert(REVISION), {"id": 1, "revision": 1})
    else:
        connection.execute(update(REVISION).values(revision=revision + 1))
