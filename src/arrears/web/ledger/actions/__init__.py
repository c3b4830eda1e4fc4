"""Everything that may be done: each function is a sentence of the auditor's, whole or not at all."""
