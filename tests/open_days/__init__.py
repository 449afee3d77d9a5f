"""Open days: rules, holidays, exceptions, and what people see of them."""
