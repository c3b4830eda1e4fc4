"""Letters: a PDF for each, put where the printing house, or whoever prints, fetches it."""
