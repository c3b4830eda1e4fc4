"""The demonstration's people: made-up collectors and borrowers act through the actions of everyone."""
