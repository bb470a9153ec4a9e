"""A customer's photo, decoded and encoded again."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from core.errors import MediaError
from core.ports import Picture
from perception.media.kinds import apart_format, image_format, is_film, refused_image

_MAX_SIDE = 2048
"""Pixels; larger photos are made smaller, since no encoder looks at more."""
_QUALITY = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanPicture:
    """A photo as JPEG without metadata, upright."""

    jpeg: bytes
    width: int
    height: int


def clean_picture(data: bytes, *, max_pixels: int) -> CleanPicture:
    """Decode the first frame of a photo and encode its pixels anew.

    Pixels are counted before anything is decoded. Raises `MediaError`: "not_an_image",
    "unsupported", "too_many_pixels", "damaged".
    """
    return encoded(_decode(data, _kind(data), max_pixels))


def decode_apart(data: bytes, *, max_pixels: int) -> Picture:
    """Decode a photo of a kind that only a process of its own may decode (`KINDS_APART`), and return its pixels.

    Raises `MediaError`: "unsupported" where the library for it is not installed, else as `clean_picture` does.
    """
    kind = apart_format(data)
    if kind == "HEIF":
        import pi_heif  # an extra, whose decoder ends the process on some crafted files

        pi_heif.register_heif_opener(thumbnails=False)
    return np.asarray(_decode(data, kind or "", max_pixels))


def encoded(picture: Image.Image) -> CleanPicture:
    """Return bare pixels as JPEG."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return CleanPicture(jpeg=out.getvalue(), width=picture.width, height=picture.height)


def _decode(data: bytes, kind: str, max_pixels: int) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=(kind,)) as image:
            _count_pixels(image, max_pixels)
            return flattened(_upright(_decoded(image)))
    except MediaError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError("too_many_pixels", f"the photo has more than {max_pixels} pixels: {error}") from error
    except Exception as error:  # Decoders raise anything on hostile bytes: OSError, struct.error, IndexError, ...
        raise MediaError("damaged", f"the {kind} photo cannot be decoded: {error}") from error


def _kind(data: bytes) -> str:
    kind = image_format(data)
    if kind is None:
        if is_film(data):
            raise MediaError("is_video", "the file is a video")
        if other := refused_image(data):
            raise MediaError("unsupported", f"{other} images are not taken; send JPEG, PNG or WebP")
        raise MediaError("not_an_image", "the file is not an image")
    return kind


def _count_pixels(image: Image.Image, most: int) -> None:
    if image.width * image.height > most:
        raise MediaError("too_many_pixels", f"the photo has {image.width} x {image.height} pixels, more than {most}")


def _decoded(image: Image.Image) -> Image.Image:
    # JPEG decodes straight to a half, a quarter or an eighth; other formats ignore the hint.
    image.draft("RGB", (_MAX_SIDE, _MAX_SIDE))
    image.load()
    if image.mode.startswith("I"):
        return _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    # Pillow clips 16-bit grey at 255 instead of scaling it.
    grey = np.asarray(image).astype(np.int64)
    return Image.fromarray((np.clip(grey, 0, 65535) >> 8).astype(np.uint8)).convert("RGB")


def _upright(image: Image.Image) -> Image.Image:
    image.thumbnail((_MAX_SIDE, _MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # Broken metadata (it raises anything) does not make a bad photo; which way is up stays unknown.
        return image


def flattened(image: Image.Image) -> Image.Image:
    """Return a picture on white, without metadata."""
    # A new canvas carries no metadata; transparency shows white, as product pictures do.
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return canvas
