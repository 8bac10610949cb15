"""Facts at rest: how the tables are described, read, typed and named."""
