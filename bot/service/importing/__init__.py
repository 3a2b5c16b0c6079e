"""The rooms of the import: bytes to rows, cells to values, rows to changes; none of them knows where a file lies."""
