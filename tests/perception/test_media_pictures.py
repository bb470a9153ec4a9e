import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.blobs import FolderBlobs
from core.errors import MediaError
from core.types import AttachmentKind
from perception.media import Door, MediaLimits, load_picture

RED, BLUE = (220, 20, 20), (20, 20, 220)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(FolderBlobs(tmp_path), MediaLimits(image_bytes=2**20))


def two_halves(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]  # options of many formats
    return out.getvalue()


def png(width: int, height: int, *, pixels: bytes = b"") -> bytes:
    """Write a PNG whose header may claim more than its data holds."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


async def refusal(door: Door, data: bytes) -> str:
    with pytest.raises(MediaError) as refused:
        await door.admit(data, kind=AttachmentKind.IMAGE)
    assert not list(door.blobs.folder.rglob("*")), "refused media is not kept"  # type: ignore[attr-defined]
    return refused.value.code


async def seen(door: Door, data: bytes) -> np.ndarray:
    attachment = await door.admit(data, kind=AttachmentKind.IMAGE)
    stored = await door.blobs.get(attachment.sha256)
    assert stored[:3] == b"\xff\xd8\xff" and attachment.media_type == "image/jpeg"
    assert attachment.size_bytes == len(stored)
    picture = await load_picture(door.blobs, attachment.sha256)
    assert picture.dtype == np.uint8 and picture.shape == (attachment.height, attachment.width, 3)
    return picture


def near(pixel: np.ndarray, colour: tuple[int, int, int], by: int = 30) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= by)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("JPEG", "CMYK"),
        ("AVIF", "RGB"),
    ],
)
async def test_every_kind_of_photo_keeps_its_colours_and_size(door: Door, kind: str, mode: str) -> None:
    picture = await seen(door, encoded(two_halves(mode=mode), kind))
    assert picture.shape == (40, 60, 3)
    assert near(picture[20, 10], RED) and near(picture[20, 50], BLUE)


async def test_what_is_transparent_shows_white(door: Door) -> None:
    image = two_halves(mode="RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    assert near((await seen(door, encoded(image, "PNG")))[20, 30], (255, 255, 255), by=3)


async def test_a_transparent_palette_shows_white(door: Door) -> None:
    image = Image.new("P", (20, 20), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    assert near((await seen(door, encoded(image, "GIF", transparency=0)))[10, 10], (255, 255, 255), by=3)


async def test_sixteen_bit_grey_is_scaled_not_clipped(door: Door) -> None:
    grey = Image.fromarray(np.full((20, 20), 32768, np.uint16))
    assert near((await seen(door, encoded(grey, "PNG")))[10, 10], (128, 128, 128), by=3)


async def test_of_an_animation_the_first_frame_is_taken(door: Door) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert near((await seen(door, data))[10, 10], RED)


async def test_a_photo_taken_sideways_is_put_upright(door: Door) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise to see it upright
    picture = await seen(door, encoded(two_halves(), "JPEG", exif=exif))
    assert picture.shape == (60, 40, 3)
    assert near(picture[10, 20], RED) and near(picture[50, 20], BLUE)


async def test_where_and_when_a_photo_was_taken_is_gone(door: Door) -> None:
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)  # GPS latitude
    data = encoded(two_halves(), "JPEG", exif=exif, comment=b"secret comment", icc_profile=b"profile" * 30)
    assert b"CameraMaker" in data
    attachment = await door.admit(data, kind=AttachmentKind.IMAGE)
    stored = await door.blobs.get(attachment.sha256)
    for trace in (b"Exif", b"CameraMaker", b"secret", b"ICC_PROFILE"):
        assert trace not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert not image.getexif()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # the library's complaint, which a customer never reads
async def test_broken_metadata_does_not_cost_the_photo(door: Door) -> None:
    data = encoded(two_halves(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40)
    assert near((await seen(door, data))[20, 10], RED)


async def test_nothing_that_hid_behind_a_photo_is_kept(door: Door) -> None:
    payload = b"PK\x03\x04<script>alert(1)</script>"
    attachment = await door.admit(encoded(two_halves(), "JPEG") + payload, kind=AttachmentKind.IMAGE)
    assert payload not in await door.blobs.get(attachment.sha256)


async def test_a_large_photo_is_made_smaller_and_keeps_its_shape(door: Door) -> None:
    picture = await seen(door, encoded(two_halves((4000, 1000)), "JPEG"))
    assert picture.shape == (512, 2048, 3)


async def test_the_name_of_a_file_says_nothing_so_a_png_called_jpg_is_seen(door: Door) -> None:
    assert (await seen(door, encoded(two_halves(), "PNG"))).shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"this is a text, whatever its name says", "not_an_image"),
        (b"%PDF-1.7 a document", "not_an_image"),
        (b"MZ\x90\x00 a program", "not_an_image"),
        (b"GIF", "not_an_image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "unsupported"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><svg width="1"/>', "unsupported"),
        (b"II*\x00" + bytes(100), "unsupported"),
        (b"\x00\x00\x00\x1cftypavif" + bytes(100), "damaged"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "is_video"),
        (b"\xff\xd8\xff\xe0 a photo by its first bytes only", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "damaged"),
        (b"BM" + bytes(60), "damaged"),
        (bytes(2**20 + 1), "too_large"),
    ],
)
async def test_what_is_no_photo_is_refused_by_code(door: Door, data: bytes, code: str) -> None:
    assert await refusal(door, data) == code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
async def test_a_photo_cut_off_in_the_middle_is_damaged(door: Door, kind: str) -> None:
    rng = np.random.default_rng(1)
    data = encoded(Image.fromarray(rng.integers(0, 255, (80, 80, 3), dtype=np.uint8)), kind)
    assert await refusal(door, data[: len(data) // 2]) == "damaged"


@pytest.mark.parametrize(("width", "height"), [(6000, 5000), (60_000, 50_000), (2**31 - 1, 2**31 - 1)])
async def test_a_small_file_that_claims_a_huge_picture_is_refused_undecoded(
    door: Door, width: int, height: int
) -> None:
    bomb = png(width, height, pixels=bytes(100_000))
    assert len(bomb) < 1000
    assert await refusal(door, bomb) == "too_many_pixels"


async def test_no_part_of_a_photo_may_unpack_to_gigabytes(door: Door) -> None:
    text = b"zTXt" + b"Comment\x00\x00" + zlib.compress(bytes(80_000_000))
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    data = encoded(two_halves(), "PNG")
    assert await refusal(door, data[:33] + chunk + data[33:]) == "damaged"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the library complains about what it repairs
async def test_random_damage_gives_a_photo_or_a_refusal_never_another_error(door: Door) -> None:
    rng = np.random.default_rng(7)
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP"):
        good = np.frombuffer(encoded(two_halves(), kind), np.uint8)
        for _ in range(25):
            bad = good.copy()
            bad[rng.integers(4, len(bad), 6)] = rng.integers(0, 256, 6)
            try:
                await door.admit(bad.tobytes(), kind=AttachmentKind.IMAGE)
            except MediaError as error:
                assert error.code in {"damaged", "too_many_pixels", "not_an_image", "unsupported"}
