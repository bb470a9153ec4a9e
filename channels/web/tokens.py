"""Tokens and signed addresses: HMAC-SHA256 with a key that lies in the data folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """Make and check tokens; each purpose has a tag, so that one kind never opens another."""

    key: bytes

    def conversation(self, conversation_id: str) -> str:
        """Return the bearer token that opens one conversation."""
        return self._tag("conversation", conversation_id)

    def opens(self, conversation_id: str, token: str) -> bool:
        """Return whether the token belongs to the conversation, in constant time."""
        return hmac.compare_digest(self.conversation(conversation_id).encode(), token.encode())

    def media(self, sha256: str) -> str:
        """Return the address of stored bytes, with the signature that opens it.

        The address itself is the permission, because `<img>` and `<audio>` send no header.
        """
        return f"/v1/media/{sha256}?sig={self._tag('media', sha256)}"

    def opens_media(self, sha256: str, signature: str) -> bool:
        """Return whether the signature belongs to these bytes, in constant time."""
        return hmac.compare_digest(self._tag("media", sha256).encode(), signature.encode())

    def _tag(self, purpose: str, subject: str) -> str:
        return hmac.new(self.key, f"{purpose}\0{subject}".encode(), hashlib.sha256).hexdigest()


def load_key(file: Path) -> bytes:
    """Return the key kept in `file`, making one (readable by its owner only) when there is none.

    Raises `ConfigError` when the file holds something else than a key.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            file.hardlink_to(draft)  # unlike a rename it leaves a key alone that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ConfigError(
            f"{file} holds {len(key)} bytes where a key has {_KEY_BYTES}; delete it to make a new one "
            "(open conversations then need a new start)"
        )
    return key
