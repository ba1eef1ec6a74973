"""A language server for templates: what a key is, what may be typed, what the checker finds, as one types."""
