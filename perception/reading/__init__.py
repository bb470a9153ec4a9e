"""Reading: sentences to vectors, the same meaning near in every language."""
