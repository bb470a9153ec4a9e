"""What can go wrong, in words a person can act on."""

from __future__ import annotations


class ZhangguiError(Exception):
    """Something went wrong that the message explains and tells how to mend."""


class ConfigError(ZhangguiError):
    """A setting is wrong; the message names the key, the value and what was expected."""


class BackendError(ZhangguiError):
    """A backend is unknown, or the library or extra that it needs is not installed."""


class ModelMissingError(ZhangguiError):
    """A model's files are not here or not whole; the message says how to fetch them."""


class MediaError(ZhangguiError):
    """Media that was refused at the door.

    `code` is stable and machine-readable ("too_large", "not_an_image", "too_long", "unsupported",
    "damaged", "empty"); `str(error)` is English for the log; the reply to the customer is worded
    from the code.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.code = code


class ModelError(ZhangguiError):
    """A language model did not answer, or not as it was asked to.

    `code` is stable: "unreachable", "timeout", "rate_limited", "cut_off", "repeating", "empty", "malformed",
    "too_long", "refused" (key, model name or request), "spent" (the budget).
    """

    def __init__(self, code: str, message: str, *, retry_after_s: float = 0.0) -> None:
        """Keep the code beside the message, and for how long the model asked to be left alone."""
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s


class ShopError(ZhangguiError):
    """The shop's records cannot be read or written; nothing was changed."""


class ConflictError(ZhangguiError):
    """Somebody else changed the records meanwhile; nothing was written, and beginning anew may do it."""


class StoreError(ZhangguiError):
    """The record cannot be opened; the message says why."""


class UnknownConversationError(ZhangguiError):
    """There is no such conversation, or the token does not open it."""


class BusyError(ZhangguiError):
    """Too many messages are waiting; the message was not accepted, try again in a moment."""


class ClosingError(BusyError):
    """The clerk is stopping. What was accepted before is kept and answered at the next start."""


class NotAnsweredError(ZhangguiError):
    """A call that we made was not answered; the message says why."""


class UndeliverableError(ZhangguiError):
    """A reply can never reach its customer: the chat was closed, the bot was blocked."""


class DocumentError(ZhangguiError):
    """A document cannot be read or fetched; the message says why and what to do."""
