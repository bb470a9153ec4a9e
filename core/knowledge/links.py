"""What is an address on the web, or of mail, wherever it stands in a text."""

from __future__ import annotations

import re

_PATH = r"[^\s<>()\"'，。；、！？）】]"
LINK = re.compile(
    rf"\b(?:https?://|www\.){_PATH}+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[a-z0-9-]+\.)+[a-z]{{2,24}}\b(?:/{_PATH}*)?",
    re.IGNORECASE | re.ASCII,
)
"""With its scheme or without: "evil.xyz/pay" lures as well as "https://evil.xyz"."""
