"""The durable record: conversations, inbox, sessions, turns, outbox."""
