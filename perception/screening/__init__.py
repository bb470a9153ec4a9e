"""Photos that should not be shown to people unasked: the check that a shop may switch on."""
