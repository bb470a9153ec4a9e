"""The Telegram bot: long polling or webhook in, messages, cards and voice notes out."""
