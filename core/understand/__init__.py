"""From words to commands: a ladder of rules, then a small classifier."""
