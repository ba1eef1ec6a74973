"""A row as TeX prints it, from what was typed and from its tree; shares no code with the reader."""
