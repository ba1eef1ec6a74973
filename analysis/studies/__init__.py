"""One package a study: its question, its record, its figures. Never what two studies need."""
