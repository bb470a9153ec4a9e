"""What Twilio is told to do with a call (https://www.twilio.com/docs/voice/twiml)."""

from __future__ import annotations

from html import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

HANG_UP = f"{_HEAD}<Response><Hangup/></Response>"


def stream(url: str, key: str) -> str:
    """Return the order to open a media stream to `url` with the pass `key`."""
    return (
        f'{_HEAD}<Response><Connect><Stream url="{escape(url)}">'
        f'<Parameter name="pass" value="{escape(key)}"/></Stream></Connect></Response>'
    )


def dial(target: str, *, ring_s: int, answered_url: str, ended_url: str) -> str:
    """Return the order to dial `target`, a number or a SIP address, and to tell both addresses how it went."""
    noun = "Sip" if target.startswith("sip:") else "Number"
    return (
        f'{_HEAD}<Response><Dial timeout="{ring_s}" action="{escape(ended_url)}">'
        f'<{noun} statusCallback="{escape(answered_url)}" statusCallbackEvent="answered">{escape(target)}</{noun}>'
        "</Dial></Response>"
    )
