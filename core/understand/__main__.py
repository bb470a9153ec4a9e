"""Write the weights that ship: `python -m core.understand [ENCODER]`, after a change of assets/packs/shop/intents."""

import asyncio
import sys
from pathlib import Path

from core.registry import build
from core.understand.sentences import load_intents
from core.understand.training import SHIPPED, ship

if __name__ == "__main__":
    spec = sys.argv[1] if len(sys.argv) > 1 else "use"
    asyncio.run(ship(load_intents(), build("sentences", spec, Path("~/.cache/zhanggui/models").expanduser())))
    sys.stdout.write(f"wrote {SHIPPED}\n")
