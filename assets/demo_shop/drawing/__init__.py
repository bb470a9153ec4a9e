"""Product pictures: a small studio, one file of products per category, and customers' photos."""
