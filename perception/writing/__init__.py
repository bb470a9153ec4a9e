"""Language models: text from text."""
