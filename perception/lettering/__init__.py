"""Lettering: what is written in photos, and the codes printed beside it. All of it is untrusted."""
