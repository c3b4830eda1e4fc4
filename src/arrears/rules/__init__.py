"""What is allowed: rules as cited data, and the gate that every contact passes."""
