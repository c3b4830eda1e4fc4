"""United States: Regulation F, for agencies and buyers of debt; a bank may follow it as its policy."""
