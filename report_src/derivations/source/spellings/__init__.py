"""Other spellings of what the language reads, as it reads them: colours, bold formulas, ranges, sums with dots."""
