"""The report as one web page, from the rendered LaTeX of the same build. It changes no number and no word."""
