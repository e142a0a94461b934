"""Values: what a character, a story, a memory and a turn are. Standard library and pydantic only."""
