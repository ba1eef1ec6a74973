"""Records: the types that they share, the record of what went in, saving and loading. Never a study's own record."""
