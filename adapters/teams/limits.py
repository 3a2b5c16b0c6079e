"""How much Teams takes, by Microsoft's documents unless said otherwise; it must not know what is put in."""

from __future__ import annotations

# Teams takes 100 KB a message counted in UTF-16 and asks to stay under 80 KB; older pages and the webhooks say 28 KB.
# What stays under all of them is right under each.
MESSAGE_BYTES = 28_000  # of a message as JSON
CARD_BYTES = 24_000  # of its card; the rest is for the notification's text

ACTIONS_SHOWN = 6  # buttons in sight; Teams draws no more, the others go into its "..." menu
ACTIONS = 25  # buttons at all: nobody reads a longer menu
IN_SIGHT = 10  # options that are radio buttons or boxes; more are a list to choose from

TITLE = 300  # characters of a card's title
LINE = 600  # of a label, a cell, a hint: four lines on a phone
PROSE = 4_000  # of one paragraph: more than a screen
ENTRY = 8_000  # of what this person entered already
BUTTON = 80  # of a button's text: two lines on a phone
OPTION = 200  # of an option with what explains it
MANY = 200  # rows, options, parts
COLUMNS = 6  # of a table: more cannot be read on a phone
NAME = 200  # characters of a field's name or an option's value
FIELDS = 300  # values taken from one press; a form has a dozen
