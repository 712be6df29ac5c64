"""The root of all errors of this package."""


class JobModelsError(Exception):
    """Root of everything that this package raises."""
