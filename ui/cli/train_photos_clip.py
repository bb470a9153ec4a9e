"""`zhanggui train photos-clip`: fine-tune a CLIP on the shop's own pictures and texts."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from core.config import Settings
    from core.shop.records import Product


def photos_clip(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help='A name of open_clip ("ViT-B-32") or a folder with a model of its.')],
    weights: Annotated[str, typer.Option(help="Checkpoint file, or a tag that open_clip fetches.")] = "",
    way: Annotated[str, typer.Option(help="lit (texts alone), lora (little beside all layers), full.")] = "lora",
    steps: Annotated[int, typer.Option(min=1)] = 300,
    batch: Annotated[int, typer.Option(min=2, help="Pictures told apart in one step.")] = 64,
    part: Annotated[int, typer.Option(min=1, help="Of them, computed at once: less takes less memory.")] = 32,
    rate: Annotated[float, typer.Option(help="Learning rate; full wants about 1e-5.")] = 1e-4,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1.")] = "cpu",
    dtype: Annotated[str, typer.Option(help="Arithmetic: fp32, bf16, fp16.")] = "fp32",
    name: Annotated[str, typer.Option(help="What to call the result below the models folder.")] = "shop-clip",
    as_json: AsJson = False,
) -> None:
    """Fine-tune on the shop's pictures; the result is kept if it finds held-out views better than what there was.

    A run that was cut off goes on where it was when it is started alike.
    """
    from core.errors import BackendError, ConfigError

    config = settings(context)
    models = config.models.folder.expanduser()
    if not name or name.startswith(".") or "/" in name:
        raise ConfigError(f"{name!r} is no name for a folder below {models}")
    try:
        from learning.training.clip import Recipe
        from perception.seeing.open_clip import load
        from perception.seeing.torch_net import check_device
        from ui.clip_training import shown_by, train_clip
    except ModuleNotFoundError as error:
        raise BackendError(f'training needs the library {error.name!r}: pip install "zhanggui[photo-clip]"') from error
    check_device("open-clip", device, dtype)
    recipe = Recipe(way=way, steps=steps, batch=batch, part=part, rate=rate, dtype=dtype)
    products, files = asyncio.run(_catalogue(config))
    shown = shown_by(products, files)
    began = time.perf_counter()

    def told(done: int, of_all: int, loss: float) -> None:
        if done == of_all or done % max(1, of_all // 20) == 0:
            typer.echo(f"step {done} of {of_all}: loss {loss:.3f}, {time.perf_counter() - began:.0f} s", err=True)

    trained = train_clip(load(model, models, weights=weights), shown, recipe, models / name, device=device, told=told)
    rows = [f"{'':14} {'before':>8} {'after':>8}"]
    before, after = asdict(trained.before), asdict(trained.after)
    rows += [f"{one:14} {before[one]:8.3f} {after[one]:8.3f}" for one in before]
    rows.append(
        f'{trained.folder} is in place: photos = "open-clip:{name}"'
        if trained.replaced
        else "It is no better on views that it has not seen, so nothing was replaced."
    )
    values = {**asdict(trained), "folder": str(trained.folder), "train_s": round(time.perf_counter() - began, 1)}
    show(values, "\n".join(rows), as_json=as_json)


async def _catalogue(config: Settings) -> tuple[list[Product], dict[Path, list[tuple[str, str]]]]:
    """Return the shop's products, and its pictures with the (product, sku)s that each shows."""
    from core.journal.store import Store
    from ui.shop_folder import open_shop

    data = config.data_dir.expanduser()
    store = Store(data / "zhanggui.db")
    try:
        shop = await open_shop(store, data)
        products = list(await shop.products())
        files: dict[Path, list[tuple[str, str]]] = {}
        for product in products:
            for variant in product.variants.values():
                for picture in variant.pictures:
                    files.setdefault(shop.picture_path(picture), []).append((product.product_id, variant.item_id))
    finally:
        store.close()
    return products, files
