"""What bootstrap.py prepares, a module a part, with the standard library alone."""
