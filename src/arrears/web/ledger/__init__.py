"""What is remembered: models, the actions that write them and the queries that read them."""
