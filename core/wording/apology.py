"""What is said when a turn failed; it may not depend on anything that can fail itself."""

from __future__ import annotations

from core.types import Language

_APOLOGIES = {
    "zh": "抱歉，我这边出了点问题，没能处理好这条消息。您的话我已经记下了，请稍后再试一次，或回复“转人工”找同事帮忙。",
    "en": "Sorry, something went wrong on my side and I could not handle this message. It is on record; "
    'please try again in a moment, or reply "agent" to reach a person.',
}


def apology(language: Language) -> str:
    """Return the apology in `language`, in English where there is none."""
    return _APOLOGIES.get(language, _APOLOGIES["en"])
