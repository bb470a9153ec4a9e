"""Speaking and holding a call: audio, voice activity, turn taking, synthesis."""
