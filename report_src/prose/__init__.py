"""What the author typed: style checks, text blocks, requirements, what an edit changes on the page."""
