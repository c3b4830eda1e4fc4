"""The floor: today's figures, and passing cases from hand to hand."""
