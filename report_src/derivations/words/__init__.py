"""What the words around formulas say: sentences, assumptions, what ends them, declarations, conventions."""
