"""What the clerk can look up: the catalogue and the shop's pages, found by words and by meaning."""
