"""Letters that TeX's own fonts lack: which font has them, how they are shaped, and the font as pdfTeX reads it."""
