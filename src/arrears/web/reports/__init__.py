"""Where far ends report and borrowers answer: addresses that carry their own proof."""
