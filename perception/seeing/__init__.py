"""Seeing: photos to products of the catalogue."""
