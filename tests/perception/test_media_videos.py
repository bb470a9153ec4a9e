import asyncio
import struct
from pathlib import Path

import numpy as np
import pytest

from core.admitting import admit_file
from core.blobs import FolderBlobs
from core.errors import MediaError
from core.types import Attachment, AttachmentKind
from perception.media import Door, MediaLimits, load_picture, load_speech
from tests.perception.films import BLUE, GREEN, HEIGHT, PER_S, RED, WIDTH, animation, film, scene

RATE = 16_000


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(FolderBlobs(tmp_path), MediaLimits(video_bytes=2**21, video_s=10, image_pixels=1_000_000))


def kept(door: Door) -> list[Path]:
    return list(door.blobs.folder.rglob("*"))  # type: ignore[attr-defined]


async def refusal(door: Door, data: bytes) -> str:
    with pytest.raises(MediaError) as refused:
        await door.admit_video(data)
    assert not kept(door), "refused media is not kept"
    return refused.value.code


async def colours(door: Door, parts: tuple[Attachment, ...]) -> list[tuple[int, ...]]:
    """Return the ground of each frame: which of red, green and blue is strongest."""
    pictures = [await load_picture(door.blobs, part.sha256) for part in parts if part.kind is AttachmentKind.IMAGE]
    return [tuple(np.median(picture.reshape(-1, 3), axis=0).round(-1).astype(int)) for picture in pictures]


def near(seen: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return max(abs(one - other) for one, other in zip(seen, colour, strict=True)) <= 40


THREE_SCENES = [scene(colour) for colour in (RED, GREEN, BLUE) for _ in range(2 * PER_S)]
TONE = 0.3 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("mov", "libx265"), ("webm", "libvpx-vp9")])
async def test_of_a_film_each_scene_and_the_sound_are_kept(door: Door, container: str, codec: str) -> None:
    parts = await door.admit_video(film(THREE_SCENES, container=container, codec=codec, sound=TONE))
    seen = await colours(door, parts)
    assert 3 <= len(seen) <= 6
    for colour in (RED, GREEN, BLUE):
        assert any(near(one, colour) for one in seen), "each scene is seen"
    assert [part.kind for part in parts][-1] is AttachmentKind.AUDIO
    assert len({part.video for part in parts}) == 1 and parts[0].video
    speech = await load_speech(door.blobs, parts[-1].sha256)
    assert len(speech) / RATE == pytest.approx(3, abs=0.2)
    assert np.abs(np.fft.rfft(speech[RATE : 2 * RATE])).argmax() == pytest.approx(440, abs=3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_of_an_animation_each_scene_is_kept(door: Door, kind: str) -> None:
    parts = await door.admit_video(animation(THREE_SCENES[::5], kind))
    seen = await colours(door, parts)
    assert all(any(near(one, colour) for one in seen) for colour in (RED, GREEN, BLUE))
    assert all(part.kind is AttachmentKind.IMAGE for part in parts)


async def test_blurred_and_black_frames_are_passed_over(door: Door) -> None:
    clear, blurred = scene(RED), np.full((HEIGHT, WIDTH, 3), RED, np.uint8)
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    parts = await door.admit_video(film([black] * 10 + [blurred] * 10 + [clear] * 10 + [blurred] * 10, every=5))
    for part in parts:
        picture = await load_picture(door.blobs, part.sha256)
        assert picture.max() > 200 and picture.astype(float).std() > 25, "a frame with its edges"


async def test_a_film_taken_upright_is_seen_upright(door: Door) -> None:
    halves = np.full((HEIGHT, WIDTH, 3), RED, np.uint8)
    halves[:, WIDTH // 2 :] = BLUE
    data = film([halves] * PER_S)
    # The track's matrix (ISO 14496-12, 8.3.2): turn by 90 degrees clockwise, as a telephone held upright writes it.
    plain = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    at = data.index(plain, data.index(b"tkhd"))
    picture = await load_picture(
        door.blobs, (await door.admit_video(data[:at] + turned + data[at + len(plain) :]))[0].sha256
    )
    assert picture.shape == (WIDTH, HEIGHT, 3)
    assert picture[WIDTH // 4, HEIGHT // 2, 0] > 150 and picture[3 * WIDTH // 4, HEIGHT // 2, 2] > 150


async def test_a_film_is_known_by_its_content_whatever_it_was_sent_as(door: Door) -> None:
    data = film(THREE_SCENES, sound=TONE)
    for kind in (AttachmentKind.IMAGE, AttachmentKind.AUDIO):
        parts = await admit_file(door, data, kind=kind)
        assert len(parts) > 3 and all(part.video for part in parts)


async def test_a_song_with_a_cover_is_no_film(door: Door) -> None:
    with pytest.raises(MediaError) as refused:
        await door.admit_video(b"ID3\x04" + bytes(60))
    assert refused.value.code == "not_a_video"


async def test_the_length_is_counted_before_anything_is_decoded(door: Door) -> None:
    assert await refusal(door, film([scene(RED)] * 11 * PER_S)) == "video_too_long"
    assert await refusal(door, animation(THREE_SCENES[:12], "GIF", ms=1000)) == "video_too_long"


async def test_a_film_of_huge_pictures_is_refused(door: Door) -> None:
    assert await refusal(door, film([np.zeros((1088, 1920, 3), np.uint8)])) == "too_many_pixels"


async def test_an_animation_of_huge_pictures_is_refused(door: Door) -> None:
    assert await refusal(door, animation([np.zeros((1088, 1920, 3), np.uint8)] * 2, "GIF")) == "too_many_pixels"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"a text", "not_a_video"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://localhost/secret\n", "not_a_video"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "not_a_video"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(100), "damaged"),
        (b"\x1aE\xdf\xa3" + bytes(100), "damaged"),
        (b"GIF89a" + bytes(100), "damaged"),
        (bytes(2**21 + 1), "too_large"),
    ],
)
async def test_what_is_no_video_is_refused_by_code(door: Door, data: bytes, code: str) -> None:
    assert await refusal(door, data) == code


async def test_of_a_film_cut_off_in_the_middle_the_first_half_is_seen(door: Door) -> None:
    data = film(THREE_SCENES, container="webm", codec="libvpx-vp9")
    seen = await colours(door, await door.admit_video(data[: len(data) // 2]))
    assert near(seen[0], RED)


async def test_a_decoder_that_takes_too_long_is_ended_and_the_file_is_not_blamed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perception.media.aside._DEADLINE_S", 0.05)
    assert await refusal(door, film(THREE_SCENES)) == "too_slow"


async def test_four_films_at_once_are_all_seen(door: Door) -> None:
    data = film(THREE_SCENES)
    assert len(await asyncio.gather(*(door.admit_video(data) for _ in range(4)))) == 4
