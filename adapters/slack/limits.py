"""How much Slack takes, by its own documents unless said otherwise; it must not know what is put in."""

from __future__ import annotations

# A message
MESSAGE_BLOCKS = 50
MESSAGE_CHARS = (
    12_000  # of its blocks as JSON; Slack says msg_blocks_too_long from about 13,200 and documents nothing
)
MESSAGE_TEXT = 4_000  # characters of `text`: what Slack recommends; it cuts at 40,000
CONTINUATIONS = 11  # messages in the thread of a long one; beyond this it is a file, not a message

# A modal
VIEW_BLOCKS = 100
VIEW_CHARS = (
    100_000  # of its blocks as JSON; our own measure: Slack names none, and two hundred options stay below
)
VIEW_TITLE = 24  # also the submit and the close label
METADATA = 3_000
ENTRY = 3_000  # characters that a text input takes

# Blocks
HEADER = 150
PROSE = 3_000  # characters of one text of ours: what a section takes; nobody reads more at one go
NOTE = 2_000  # a label, a hint, a context's text, alternative text
ACTIONS = 25  # elements of one actions block
ACTION_BLOCKS = 2  # fifty buttons are more than anybody reads
PREFORMATTED_WIDTH = (
    40  # columns of monospace on a phone: a longer line breaks there, and a broken table cannot be read
)

# Elements
LABEL = 75  # a button's text, an option's text, description and value (150 for the value in the SDK: the less holds)
READABLE = 30  # characters of a button that are shown without being cut
VALUE = 2_000  # a button's value
ID = 255  # block_id, action_id
RADIO = 10  # options of radio buttons and checkboxes
SELECT = 100  # options of a select, or of one group of it
GROUPS = 10  # groups of a select; Slack takes 100, but a thousand options are a list nobody scrolls
IN_PLACE = 5  # options that are buttons in the message

# JSON of a message and its continuations, four bytes a character: the most that `render` returns.
PAYLOAD_BYTES = 4 * (MESSAGE_CHARS + MESSAGE_TEXT) * (1 + CONTINUATIONS) + 4_096
