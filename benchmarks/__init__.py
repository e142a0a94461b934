"""What the README promises, measured: ``python -m benchmarks``."""
