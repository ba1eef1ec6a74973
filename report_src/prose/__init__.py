"""What the author typed: style checks, text blocks, requirements. It never knows how the document is rendered."""
