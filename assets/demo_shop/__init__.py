"""The demo shop: written by hand in YAML, drawn and drawn by lot in Python, shipped as shop.json."""
