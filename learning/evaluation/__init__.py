"""Evaluation: how good each part is, on labelled data."""
