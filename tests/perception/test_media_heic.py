import importlib.util
from pathlib import Path

import numpy as np
import pytest

from core.blobs import FolderBlobs
from core.errors import MediaError
from core.types import AttachmentKind
from perception.media import Door, load_picture
from perception.media.kinds import apart_format
from tests.perception.films import BLUE, HEIGHT, WIDTH, heic, scene

HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(200)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(FolderBlobs(tmp_path))


async def refusal(door: Door, data: bytes) -> MediaError:
    with pytest.raises(MediaError) as refused:
        await door.admit(data, kind=AttachmentKind.IMAGE)
    assert not list(door.blobs.folder.rglob("*")), "refused media is not kept"  # type: ignore[attr-defined]
    return refused.value


async def test_without_the_library_a_heic_photo_is_refused_with_what_to_send(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perception.media.kinds.find_spec", lambda name: None)
    refused = await refusal(door, HEIC)
    assert refused.code == "unsupported" and "send JPEG" in str(refused)


@pytest.mark.skipif(importlib.util.find_spec("pi_heif") is None, reason="needs the extra photo-heic")
async def test_with_the_library_a_broken_heic_photo_is_damaged_and_the_clerk_lives(door: Door) -> None:
    assert apart_format(HEIC) == "HEIF"
    assert (await refusal(door, HEIC)).code == "damaged"


@pytest.mark.skipif(importlib.util.find_spec("pi_heif") is None, reason="needs the extra photo-heic")
async def test_with_the_library_a_photo_of_an_iphone_is_seen_and_its_file_is_not_kept(door: Door) -> None:
    attachment = await door.admit(heic(scene(BLUE)), kind=AttachmentKind.IMAGE)
    picture = await load_picture(door.blobs, attachment.sha256)
    assert picture.shape == (HEIGHT, WIDTH, 3) and attachment.media_type == "image/jpeg"
    assert np.abs(np.median(picture.reshape(-1, 3), axis=0) - BLUE).max() < 30


async def test_a_decoder_that_crashes_costs_the_file_and_not_the_clerk(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = tmp_path / "crashing"
    crashing.mkdir()
    (crashing / "sitecustomize.py").write_text("import os\nos.abort()\n")
    monkeypatch.syspath_prepend(str(crashing))
    with pytest.raises(MediaError) as refused:
        await Door(FolderBlobs(tmp_path / "blobs")).admit(
            b"\x00\x00\x00\x18ftypavif" + bytes(100), kind=AttachmentKind.IMAGE
        )
    assert refused.value.code == "damaged"
