"""Datasets, training, evaluation, model files, feedback."""
