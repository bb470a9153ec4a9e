"""Advice: from a vague wish to a product in the cart."""
