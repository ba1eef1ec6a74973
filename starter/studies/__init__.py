"""The studies of this report: each package declares itself."""
