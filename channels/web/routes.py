"""Every address of the channel, once: the server and /openapi.json are made from this list."""

from __future__ import annotations

from channels.web import admin, completions, conversations, health, media, openapi, pages, schemas, stream
from channels.web.route import Route

_AFTER = {"after": "Only what came after the turn with this id."}
_LIMIT = {"limit": "How many rows at most, 1 to 1000 (100)."}
_ADMIN = (400, 401, 403)

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/v1/conversations",
        handler=conversations.open_conversation,
        summary="Open a conversation",
        takes=schemas.NewConversation,
        answers=schemas.Conversation,
        status=201,
        problems=(400, 413, 415, 429),
    ),
    Route(
        method="POST",
        path="/v1/conversations/{id}/messages",
        handler=conversations.say,
        summary="Say something and get the answer",
        takes=schemas.NewMessage,
        takes_form=True,
        answers=schemas.TurnAnswered,
        opened_by="token",
        problems=(400, 401, 404, 409, 413, 415, 422, 429, 500),
    ),
    Route(
        path="/v1/conversations/{id}/messages",
        handler=conversations.history,
        summary="Read what was said",
        query=_AFTER,
        answers=schemas.History,
        opened_by="token",
        problems=(401, 404),
    ),
    Route(
        path="/v1/conversations/{id}/stream",
        handler=stream.stream,
        summary="Follow the conversation over a WebSocket; each text frame is a StreamEvent",
        query={**_AFTER, "token": "The token, where a subprotocol cannot be sent."},
        answers=schemas.StreamEvent,
        status=101,
        opened_by="token",
        problems=(401, 403, 404, 426),
    ),
    Route(
        method="POST",
        path="/v1/chat/completions",
        handler=completions.complete,
        summary="Talk to the clerk in OpenAI's protocol (chat completions, streamed or not)",
        takes=completions.Completion,
        answers="application/json",
        opened_by="api_key",
        problems=(400, 401, 403, 413, 415, 422, 429, 500),
    ),
    Route(
        path="/v1/models",
        handler=completions.models,
        summary="List the models of /v1/chat/completions: there is one, the clerk",
        answers="application/json",
        opened_by="api_key",
        problems=(401, 403),
    ),
    Route(
        path="/v1/media/{id}",
        handler=media.media,
        summary="Fetch a photo or a recording (ranges are served)",
        query={"sig": "The signature that came with the address."},
        problems=(401, 404),
    ),
    Route(
        path="/v1/products/{sku}/picture",
        handler=media.product_picture,
        summary="Fetch a catalogue picture",
        answers="image/*",
        problems=(404,),
    ),
    Route(
        path="/v1/admin/conversations",
        handler=admin.conversations,
        summary="List the latest conversations",
        query=_LIMIT,
        answers=schemas.Rows,
        opened_by="key",
        problems=_ADMIN,
    ),
    Route(
        path="/v1/admin/conversations/{id}",
        handler=admin.conversation,
        summary="Read one conversation",
        answers="application/json",
        opened_by="key",
        problems=(401, 403, 404),
    ),
    Route(
        path="/v1/admin/tickets",
        handler=admin.tickets,
        summary="List the latest tickets",
        query=_LIMIT,
        answers=schemas.Rows,
        opened_by="key",
        problems=_ADMIN,
    ),
    Route(
        path="/v1/admin/handoffs",
        handler=admin.handoffs,
        summary="List the latest calls for a person",
        query=_LIMIT,
        answers=schemas.Rows,
        opened_by="key",
        problems=_ADMIN,
    ),
    Route(path="/healthz", handler=health.healthz, summary="Whether the server lives", answers=schemas.Health),
    Route(
        path="/readyz",
        handler=health.readyz,
        summary="Whether every part is up (503 with the same body if not)",
        answers=schemas.Health,
    ),
    Route(path="/metrics", handler=health.metrics, summary="Counters for Prometheus", answers="text/plain"),
    Route(
        path="/openapi.json",
        handler=openapi.openapi,
        summary="This document",
        answers="application/json",
    ),
    Route(path="/", handler=pages.home, summary="A page of the demo shop with the widget", answers="text/html"),
    Route(path="/widget.js", handler=pages.asset, summary="The chat widget", answers="text/javascript"),
    Route(path="/widget.css", handler=pages.asset, summary="The widget's style", answers="text/css"),
    Route(
        path="/widget/{name}",
        handler=pages.asset,
        summary="A part of the widget or of the demo page",
        answers="text/javascript",
        problems=(404,),
    ),
)
