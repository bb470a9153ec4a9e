"""Houses for conversations that must not see each other's writes."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from core.config import Settings
from core.errors import ConfigError, ShopError
from core.journal.store import Store
from core.shop.formats.detect import read_shop
from core.shop.local import LocalShop
from core.types import Turn
from learning.evaluation.cases import Case
from ui.app import Application, Needs, Progress, Senses, assemble, open_senses
from ui.shop_folder import put_demo
from ui.terminal import Terminal

_DATABASE = "zhanggui.db"


@asynccontextmanager
async def open_houses(
    settings: Settings, needs: Needs, *, shop: Path | None = None, progress: Progress | None = None
) -> AsyncIterator[Houses]:
    """Yield houses over `shop`, else over the demo shop as of its own fixed day; their folder goes at the end.

    Only `settings` count: whatever lies in the data folder that they name is neither read nor changed, but for the
    looks of pictures, which are the same for the same pictures and take a minute to look at anew.
    """
    with TemporaryDirectory(prefix="zhanggui-cases-") as folder:
        async with AsyncExitStack() as closing_time:
            yield Houses(
                settings=settings,
                needs=needs,
                default=shop,
                progress=progress,
                folder=Path(folder),
                closing_time=closing_time,
                senses=await closing_time.enter_async_context(open_senses(settings)),
            )


@dataclass(slots=True, kw_only=True)
class Houses:
    """Clerks over copies of prepared shops; who has talked leaves the copy as it was found."""

    settings: Settings
    needs: Needs
    default: Path | None
    progress: Progress | None
    folder: Path
    closing_time: AsyncExitStack
    senses: Senses
    _idle: dict[Path | None, list[Application]] = field(default_factory=dict)
    _prepared: dict[Path | None, Path] = field(default_factory=dict)
    _building: asyncio.Lock = field(default_factory=asyncio.Lock)
    _built: int = 0

    async def talk(self, case: Case) -> tuple[Turn, ...]:
        """Say all that a case says, in a house that nobody has talked in; return the turns."""
        async with self.house(case.shop) as house:
            terminal = Terminal(engine=house.engine, channel=case.channel)
            return tuple(
                [
                    await terminal.say(said.text, images=(said.image,) if said.image else (), audio=said.audio)
                    for said in case.turns
                ]
            )

    @asynccontextmanager
    async def house(self, shop: Path | None = None) -> AsyncIterator[Application]:
        """Yield a house over fresh records, for one conversation or for several that may see each other."""
        idle = self._idle.setdefault(shop or self.default, [])
        house = idle.pop() if idle else await self._build(shop or self.default)
        yield house
        await asyncio.to_thread(_restore, self._prepared[shop or self.default], house.data)
        idle.append(house)  # not after an error: a house in doubt serves nobody

    async def _build(self, shop: Path | None) -> Application:
        async with self._building:
            if shop not in self._prepared:
                self._prepared[shop] = await self._prepare(shop)
            prepared = self._prepared[shop]
            self._built += 1
            data = self.folder / f"house{self._built}"
            await asyncio.to_thread(shutil.copytree, prepared, data)
            photos = self.settings.photos.model_copy(update={"looks": self.settings.looks_dir})
            settings = self.settings.model_copy(update={"data_dir": data, "photos": photos})
            house = await self.closing_time.enter_async_context(
                assemble(settings, needs=self.needs, progress=self.progress, senses=self.senses)
            )
            await house.warm()
            if house.finder:
                await house.finder.ready()
            return house

    async def _prepare(self, shop: Path | None) -> Path:
        data = self.folder / f"shop{len(self._prepared) + 1}"
        store = Store(data / _DATABASE)
        try:
            local = LocalShop(store, data / "shop")
            await (_import(local, shop) if shop else put_demo(local))
        finally:
            store.close()
        return data


async def _import(local: LocalShop, shop: Path) -> None:
    try:
        found = await asyncio.to_thread(read_shop, shop)
        await local.import_records(found.records, origin=shop.name, pictures_from=found.folder)
    except ShopError as error:
        raise ConfigError(f"the shop {shop} cannot be talked about: {error}") from error


def _restore(prepared: Path, data: Path) -> None:
    """Put a database back page by page, under the connections that are open to it."""
    with closing(sqlite3.connect(prepared / _DATABASE)) as source:
        with closing(sqlite3.connect(data / _DATABASE, timeout=10)) as target:
            target.execute("PRAGMA synchronous = OFF")  # nothing in these houses has to survive a crash
            source.backup(target)
