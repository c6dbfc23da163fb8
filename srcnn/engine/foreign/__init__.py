"""Weights as other programs write them: recognised by content, given the names of this package."""
