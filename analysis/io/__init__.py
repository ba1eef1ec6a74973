"""Readers of the files that the user supplies; errors name file and line. Never what a column or a setting means."""
