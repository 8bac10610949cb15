"""Questions to the tables: who stood where on a day, how that changed, beside whom."""
