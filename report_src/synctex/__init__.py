"""SyncTeX: from a point of a page to the line that was typed, and back."""
