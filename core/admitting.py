"""A file of any kind, let in at the media door as what it is."""

from __future__ import annotations

from core.errors import MediaError
from core.ports import MediaDoor
from core.types import Attachment, AttachmentKind


async def admit_file(door: MediaDoor, data: bytes, *, kind: AttachmentKind) -> tuple[Attachment, ...]:
    """Return what the door keeps of a file that was sent as `kind`: a video is a video, whatever it was called.

    Raises `MediaError` with the door's code.
    """
    try:
        return (await door.admit(data, kind=kind),)
    except MediaError as error:
        if error.code != "is_video":
            raise
    return await door.admit_video(data)
