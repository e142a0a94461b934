"""A character with a mind: four agents, a turn, memory construction, and ``Simulacrum``."""
