"""The workshop: reports are read, checked against every rule, and added to the tables."""
