"""What a file holds that is no table: found by its name, and read."""
