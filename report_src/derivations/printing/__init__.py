"""What a row prints, as glyphs with script levels: once as it is typed, once from the tree that was read."""
