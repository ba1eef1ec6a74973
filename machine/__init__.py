"""What bootstrap.py prepares, a module a part, with only the standard library."""
