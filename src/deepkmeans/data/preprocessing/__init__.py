"""From columns and texts as they are found to numbers: one kind of input a file."""
