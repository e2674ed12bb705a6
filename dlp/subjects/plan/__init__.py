"""What each column of a table is, and which columns make a person."""
