"""What the cells of a column mean: one subject a file. :mod:`deepkmeans.data.schema` puts them together."""
