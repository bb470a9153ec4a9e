from hashlib import sha256
from pathlib import Path

import pytest

from core.blobs import FolderBlobs


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def test_bytes_come_back_under_the_hash_of_their_content(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "media")
    address = await blobs.put(b"a photo")
    assert address == sha256(b"a photo").hexdigest()
    assert await blobs.get(address) == b"a photo"
    assert blobs.path(address) == tmp_path / "media" / address[:2] / address[2:4] / address


async def test_the_same_bytes_are_kept_once_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    address = await blobs.put(b"twice")
    assert await blobs.put(b"twice") == address
    assert files(tmp_path) == [address]


async def test_only_the_owner_may_read_a_blob(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    assert blobs.path(await blobs.put(b"private")).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "0" * 63, "G" * 64, "A" * 64, f"{'0' * 64}\n"])
async def test_what_is_no_address_leads_nowhere(tmp_path: Path, address: str) -> None:
    blobs = FolderBlobs(tmp_path)
    with pytest.raises(KeyError):
        await blobs.get(address)
    with pytest.raises(KeyError):
        blobs.path(address)


async def test_missing_bytes_are_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        await FolderBlobs(tmp_path).get("0" * 64)


async def test_a_write_that_fails_leaves_no_half_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = FolderBlobs(tmp_path)
    monkeypatch.setattr("core.blobs.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        await blobs.put(b"too much")
    assert not files(tmp_path)
