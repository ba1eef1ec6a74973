"""The studies of this report."""
