"""Results and templates in, the checked PDF out."""
