"""Data in, result records and figures out."""
