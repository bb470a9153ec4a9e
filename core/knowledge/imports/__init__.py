"""Files and web pages become documents: sections of text under headings, with nothing hidden in them."""
