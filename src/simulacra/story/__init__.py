"""Stories: where characters come from."""
