"""Templates become report.tex with its source map. It never runs a study, a step or TeX."""
