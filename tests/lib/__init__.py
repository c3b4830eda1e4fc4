"""Tools of the tests: builders with defaults and random loans."""
