"""Content files (YAML) into the core's values; it must not know of chats, people or storage."""
