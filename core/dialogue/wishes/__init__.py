"""What customers want done to their orders: read from their words, completed by questions, settled on a yes."""
