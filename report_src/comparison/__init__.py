"""What changed between two reports, from what is attached to their PDFs; nothing is built here from data."""
