"""An SDK of its own, with one module."""
