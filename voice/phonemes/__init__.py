"""How words sound: text to phonemes, English and Mandarin."""
