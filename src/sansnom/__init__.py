"""Statistics without names; people who keep theirs."""

__version__ = "0.1.0"
