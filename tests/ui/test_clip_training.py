"""A CLIP trained on the catalogue: small, from random weights, and better than guessing and than colours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the extra photo-clip")
open_clip = pytest.importorskip("open_clip", reason="open_clip comes with the extra photo-clip")

from assets.demo_shop.catalogue import products as demo_products  # noqa: E402  # after the skip
from core.errors import ConfigError  # noqa: E402
from core.shop.records import Product  # noqa: E402
from learning.evaluation.clip_views import ranks  # noqa: E402
from learning.training.clip import Recipe  # noqa: E402
from learning.training.clip_batches import Shown, split_views  # noqa: E402
from perception.seeing.colour import colour_vector  # noqa: E402
from perception.seeing.distort import distorted  # noqa: E402
from perception.seeing.open_clip import Loaded, load  # noqa: E402
from perception.seeing.pixels import open_picture, resized  # noqa: E402
from perception.seeing.vectors import unit  # noqa: E402
from tests.contracts.tiny_clip import tiny_open_clip  # noqa: E402
from ui.clip_training import Trained, shown_by, train_clip  # noqa: E402

SHOP = Path(__file__).parents[2] / "assets" / "demo_shop"
VISION = {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8}


@pytest.fixture(scope="module")
def shown() -> list[Shown]:
    """Return the pictures of eight products of the demo shop."""
    some = list(demo_products().values())[::8]
    files: dict[Path, list[tuple[str, str]]] = {}
    for product in some:
        for variant in product.variants.values():
            for picture in variant.pictures:
                files.setdefault(SHOP / picture.file, []).append((product.product_id, variant.item_id))
    return shown_by(some, files)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Compute on one thread: for nets this small several only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _tiny(folder: Path, vision: dict[str, object] | None = None) -> Loaded:
    tiny_open_clip(folder / "tiny", vision=vision, resize="squash")
    return load("tiny", folder)


def _train(
    home: Path,
    shown: Sequence[Shown],
    told: list[int] | None = None,
    *,
    folder: Path | None = None,
    **recipe: object,
) -> Trained:
    loaded = _tiny(home)
    steps = [] if told is None else told
    return train_clip(
        loaded,
        shown,
        Recipe(**{"way": "full", "steps": 3, "batch": 6, "part": 4, **recipe}),  # type: ignore[arg-type]
        folder or home / "shop-clip",
        device="cpu",
        told=lambda done, of_all, loss: steps.append(done),
    )


@pytest.mark.timeout(600)
def test_a_small_network_learns_to_put_the_right_product_first_more_often_than_guesses_and_colours(
    shown: list[Shown], tmp_path: Path
) -> None:
    split = split_views(shown)
    loaded = _tiny(tmp_path, vision=VISION)
    recipe = Recipe(way="full", steps=60, batch=32, part=32, rate=2e-3)
    trained = train_clip(loaded, shown, recipe, tmp_path / "shop", device="cpu", told=lambda *_: None)
    known = unit(np.array([colour_vector(open_picture(one.file)) for one in split.train], np.float32))
    taken = [
        colour_vector(distorted(resized(open_picture(one.file), 256, 256), 99 + at))
        for at, one in enumerate(split.held_out)
    ]
    of_colours = ranks(
        unit(np.array(taken, np.float32)),
        [one.product for one in split.held_out],
        known,
        [one.product for one in split.train],
    )
    guessed = 1 / len({one.product for one in shown})
    assert trained.replaced
    assert trained.after.photos_first > 2 * guessed
    assert trained.after.photos_first > of_colours[1]


@pytest.mark.parametrize("way", ["lit", "lora", "full"])
def test_each_way_trains_what_it_says_and_can_be_loaded(way: str, shown: list[Shown], tmp_path: Path) -> None:
    if way == "lora":
        pytest.importorskip("peft", reason="peft comes with the extra photo-clip")
    trained = _train(tmp_path, shown, way=way, rate=1e-2)
    assert trained.before.texts != trained.after.texts or trained.before.views != trained.after.views
    if way == "lit":
        assert trained.before.views == pytest.approx(trained.after.views)
        assert trained.before.photos == pytest.approx(trained.after.photos)
    assert (tmp_path / "shop-clip" / "open_clip_config.json").is_file() == trained.replaced


def test_parts_of_a_batch_learn_what_the_whole_batch_learns(shown: list[Shown], tmp_path: Path) -> None:
    whole = _train(tmp_path / "whole", shown, part=6, rate=1e-2)
    parts = _train(tmp_path / "parts", shown, part=1, rate=1e-2)
    assert parts.after.photos == pytest.approx(whole.after.photos, abs=1e-3)
    assert parts.after.texts == pytest.approx(whole.after.texts, abs=1e-3)


def test_a_run_that_was_cut_off_goes_on_and_ends_the_same(
    shown: list[Shown], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learning.training.clip._KEEP_EVERY", 2)

    class Cut(Exception):
        pass

    def cut(done: int, of_all: int, loss: float) -> None:
        if done == 4:
            raise Cut

    recipe = Recipe(way="full", steps=5, batch=6, part=6, rate=1e-2)
    with pytest.raises(Cut):
        train_clip(_tiny(tmp_path / "cut"), shown, recipe, tmp_path / "cut" / "shop", device="cpu", told=cut)
    steps: list[int] = []
    again = train_clip(
        _tiny(tmp_path / "cut"),
        shown,
        recipe,
        tmp_path / "cut" / "shop",
        device="cpu",
        told=lambda done, of_all, loss: steps.append(done),
    )
    straight = train_clip(
        _tiny(tmp_path / "one"), shown, recipe, tmp_path / "one" / "shop", device="cpu", told=lambda *_: None
    )
    assert steps == [3, 4, 5]
    assert again.after == straight.after
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == sorted(
        ["tiny", *(["shop"] if again.replaced else [])]
    )


def test_what_is_no_better_does_not_replace_what_is_there(shown: list[Shown], tmp_path: Path) -> None:
    first = _train(tmp_path, shown, rate=1e-9, steps=1)
    assert not first.replaced
    assert not (tmp_path / "shop-clip").exists()


def test_a_model_that_lies_there_stays_until_a_better_one_comes(shown: list[Shown], tmp_path: Path) -> None:
    folder = tmp_path / "shop-clip"
    shutil.copytree(tiny_open_clip(tmp_path / "untrained", resize="squash"), folder)
    first = _train(tmp_path, shown, rate=1e-2)
    assert first.replaced
    learned = {path.name: path.read_bytes() for path in folder.iterdir()}
    second = _train(tmp_path / "again", shown, folder=folder, rate=1e-9, steps=1)
    assert second.before == first.after  # not those of the model that training began with
    assert not second.replaced
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == learned
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "shop-clip", "tiny", "untrained"]


def _product(number: int, pictures: int, name: str = "cup") -> tuple[Product, dict[Path, list[tuple[str, str]]]]:
    from core.shop.records import Picture, Variant

    files = [SHOP / "pictures" / one for one in _PICTURES[3 * number : 3 * number + pictures]]
    variant = Variant(item_id=f"v{number}", options={}, price=1, pictures=tuple(Picture(file=str(f)) for f in files))
    names = {"en": name} if name else {}
    product = Product(product_id=f"p{number}", names=names, variants={variant.item_id: variant})  # type: ignore[arg-type]
    return product, {file: [(product.product_id, variant.item_id)] for file in files}


_PICTURES = sorted(path.name for path in (SHOP / "pictures").iterdir())


@pytest.mark.parametrize(
    ("products", "complaint"),
    [
        ([_product(0, 3)], "two products at least"),
        ([_product(0, 1), _product(1, 1)], "add a second view"),
        ([_product(0, 2, ""), _product(1, 2, "")], "needs texts"),
        ([], "two products at least"),
    ],
)
def test_a_catalogue_that_cannot_teach_says_what_it_lacks(products: list, complaint: str, tmp_path: Path) -> None:
    files = {file: who for _, some in products for file, who in some.items()}
    shown = shown_by([product for product, _ in products], files)
    with pytest.raises(ConfigError, match=complaint):
        _train(tmp_path, shown)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_products_of_the_same_name_are_told_apart_by_their_pictures(tmp_path: Path) -> None:
    products = [_product(number, 3, "cup") for number in range(3)]
    shown = shown_by([one for one, _ in products], {file: who for _, some in products for file, who in some.items()})
    assert np.isfinite(_train(tmp_path, shown).after.views)


def test_missing_and_damaged_pictures_are_named(tmp_path: Path) -> None:
    product, files = _product(0, 2)
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    files |= {tmp_path / "gone.jpg": [("p0", "v0")], tmp_path / "torn.jpg": [("p0", "v0")]}
    with pytest.raises(ConfigError, match=r"2 of 4 pictures .*gone.jpg \(missing\), .*torn.jpg \(damaged\)"):
        shown_by([product], files)


@pytest.mark.parametrize("recipe", [{"dtype": "fp8"}, {"steps": 0}, {"batch": 1}, {"rate": 0.0}, {"way": "distil"}])
def test_a_recipe_that_cannot_be_is_refused(recipe: dict[str, object], shown: list[Shown], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        _train(tmp_path, shown, **recipe)


@pytest.mark.timeout(400)
async def test_a_checkpoint_of_true_size_loads_from_a_folder(tmp_path: Path) -> None:
    from core import registry

    torch.manual_seed(1)
    (tmp_path / "vit-b-32").mkdir()
    net = open_clip.CLIP(**{**open_clip.get_model_config("ViT-B-32"), "cast_dtype": None})
    told = {"model_cfg": open_clip.get_model_config("ViT-B-32"), "preprocess_cfg": {}}
    (tmp_path / "vit-b-32" / "open_clip_config.json").write_text(json.dumps(told))
    torch.save(net.state_dict(), tmp_path / "vit-b-32" / "open_clip_pytorch_model.bin")
    by_folder = registry.build("photos", "open-clip:vit-b-32", tmp_path)
    picture = open_picture(SHOP / "pictures" / _PICTURES[0])
    vector = (await by_folder.encode([picture]))[0]
    with torch.inference_mode():
        straight = net.eval().encode_image(torch.from_numpy(by_folder.prepare(picture)[None]), normalize=True)[0]
    assert by_folder.dimension == 512
    np.testing.assert_allclose(vector, straight.numpy(), atol=1e-4)


@pytest.mark.parametrize("value", [0.5, float("nan")])
def test_a_network_that_collapsed_finds_nothing(value: float) -> None:
    same = np.full((4, 8), value, np.float32)
    assert ranks(same, ["a", "b"] * 2, same, ["a", "b", "c", "d"]) == (0.25, 0.0)
