"""The policies: one file per subject, pure functions over a case."""
