"""The demo shop, flows, templates, model list and sounds, as files."""
