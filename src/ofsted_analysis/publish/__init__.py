"""What leaves the project: exports, the workbook, briefings, and the pages written from data."""
