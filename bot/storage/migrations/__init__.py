"""The steps from each version of the tables to the next; HEAD is the one that this program needs."""

HEAD = "0024"
