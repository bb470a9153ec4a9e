"""The state, the flow engine, repair and policies."""
