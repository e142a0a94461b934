"""The four cooperating agents (Human Simulacra, section 4): top, thinking, emotion and memory."""
