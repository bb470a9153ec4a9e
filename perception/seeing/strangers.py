"""Things that a shop does not sell, for its finder to learn to say so: pictures of the shop that comes along.

Without them a finder learns what is not sold from its own catalogue only, one product hidden at a time: it then looks
for fine differences, and takes what is nothing like its goods for one of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("assets"))) / "demo_shop" / "pictures"
_COUNT = 24
"""Pictures; more change little and cost 0.4 s each, once, with the photo that is imitated of each."""


def strangers(sold: Collection[str]) -> dict[str, Path]:
    """Return pictures by their content addresses, none of them in `sold`; the same ones every time."""
    pictures = sorted(FOLDER.glob("*-main.jpg"))
    chosen = pictures[:: max(1, len(pictures) // _COUNT)][:_COUNT]
    found = {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in chosen}
    return {} if found.keys() & sold else found
