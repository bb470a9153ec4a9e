"""Domain packs: a business as a folder of YAML and Markdown."""
