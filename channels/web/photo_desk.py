"""A photo at the staff's API: the products that it may show, and the customer's orders that hold them."""

from __future__ import annotations

from aiohttp import web

from channels.web.admin import require_key, shown
from channels.web.house import HOUSE
from channels.web.incoming import read_bytes
from channels.web.problems import ProblemError, of_media
from core.errors import MediaError
from core.types import AttachmentKind

_LANGUAGES = ("zh", "en")


async def look(request: web.Request) -> web.StreamResponse:
    """POST /v1/admin/photos: return what the photo in the body shows; with `customer` or `order`, which items too."""
    require_key(request)
    house = request.app[HOUSE]
    if house.photos is None:
        raise ProblemError(404, "seeing_off", "This house does not see; set backends.photos to switch seeing on.")
    language = request.query.get("language", "en")
    if language not in _LANGUAGES:
        raise ProblemError(400, "invalid_query", f"language is one of {', '.join(_LANGUAGES)}.")
    if not request.content_type.startswith("image/"):
        raise ProblemError(415, "unsupported", "Send the photo itself as the body, with its type: image/jpeg.")
    data = await read_bytes(request, house.clerk.limits.image_bytes, "The photo")
    try:
        photo = await house.clerk.media.admit(data, kind=AttachmentKind.IMAGE)
        found = await house.photos.look(
            photo,
            customer=request.query.get("customer", ""),
            order=request.query.get("order", ""),
            language=language,
        )
    except MediaError as error:
        raise of_media(error) from error
    except TimeoutError as error:
        raise ProblemError(503, "not_ready", "The catalogue is still being looked at; send it again soon.") from error
    if found is None:
        raise ProblemError(404, "unknown_customer", "There is no such customer, or no such order.")
    return shown(found)
