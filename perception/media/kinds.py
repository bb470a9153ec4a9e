"""What a file is, judged by its first bytes."""

from __future__ import annotations

from importlib.util import find_spec

_IMAGES = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"BM", 0, "BMP"),
    (b"WEBP", 8, "WEBP"),
)
"""Signature, its offset, the name that Pillow gives the format."""

_OTHER_IMAGES = (
    (b"II*\x00", 0, "TIFF"),
    (b"MM\x00*", 0, "TIFF"),
    (b"8BPS", 0, "PSD"),
    (b"\x00\x00\x01\x00", 0, "ICO"),
    (b"\xff\x0a", 0, "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", 0, "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", 0, "JPEG 2000"),
)
"""Images that exist and are not taken, so that the refusal can say so."""

_AUDIO = (
    (b"WAVE", 8, "wav"),
    (b"OggS", 0, "ogg"),
    (b"fLaC", 0, "flac"),
    (b"ID3", 0, "mp3"),
    (b"#!AMR", 0, "amr"),
    (b"\x1aE\xdf\xa3", 0, "matroska"),
    (b"ftyp", 4, "mp4"),
)
"""Signature, its offset, the name of FFmpeg's demuxer."""

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")

_VIDEOS = (
    (b"\x1aE\xdf\xa3", 0, "matroska"),
    (b"ftyp", 4, "mp4"),
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"WEBP", 8, "WEBP"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
)
"""Films by FFmpeg's name of the container, animations by Pillow's of the format."""


def image_format(data: bytes) -> str | None:
    """Return Pillow's name of the image format; None when it is none that Zhanggui takes."""
    return _signed(data, _IMAGES)


def refused_image(data: bytes) -> str | None:
    """Return the name of an image format that is real but not taken."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in start):
        return "SVG"
    if _brand(data) in _HEIF_BRANDS and find_spec("pi_heif") is None:
        return "HEIC"
    return _signed(data, _OTHER_IMAGES)


def audio_format(data: bytes) -> str | None:
    """Return FFmpeg's name of the container; None when it is none that Zhanggui takes.

    FFmpeg is never left to guess: some of its formats (playlists, concatenations) open other files
    and addresses.
    """
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        # MPEG audio frames: layer 0 is AAC in ADTS, the others are MP1 to MP3.
        return "aac" if data[1] & 0x06 == 0 else "mp3"
    return _signed(data, _AUDIO)


def apart_format(data: bytes) -> str | None:
    """Return Pillow's name of a format that is decoded in a process of its own only; None for every other.

    A crafted file ends the whole process inside libheif (tried with pi-heif 1.4), which no `except` can stop.
    HEIC needs the extra "photo-heic"; AVIF is Pillow's own.
    """
    brand = _brand(data)
    if brand in _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brand in _HEIF_BRANDS and find_spec("pi_heif") else None


def video_format(data: bytes) -> str | None:
    """Return the name of the video's container or of the animation's format; None when it is none that is taken."""
    return None if _brand(data) in (*_HEIF_BRANDS, *_AVIF_BRANDS) else _signed(data, _VIDEOS)


def is_film(data: bytes) -> bool:
    """Return whether a file that was sent as a photo is a film: what only moves, as a GIF does, is a photo too."""
    return video_format(data) in ("matroska", "mp4")


def _brand(data: bytes) -> bytes:
    return data[8:12] if data[4:8] == b"ftyp" else b""


def _signed(data: bytes, signatures: tuple[tuple[bytes, int, str], ...]) -> str | None:
    for signature, offset, name in signatures:
        if data[offset : offset + len(signature)] == signature:
            return name
    return None
