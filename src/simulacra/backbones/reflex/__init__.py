"""The embedded backbone: it answers from what is written down about a person, by rules alone."""
