"""Everything that pages may know: each function gives frozen rows of what a person may see."""
