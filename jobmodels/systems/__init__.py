"""The systems that this package knows, one folder of facts each."""
