"""Model files: the list of them, fetching, checking, and what is derived from them."""
