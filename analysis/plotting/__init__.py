"""How figures look: fonts, colours, labels. Never what a figure shows."""
