"""Letters to others: delivered once, later, together, or given up where people see it."""
