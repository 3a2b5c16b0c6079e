"""Data into cards: every word the bot says lives in here; nothing in here decides, stores or sends."""
