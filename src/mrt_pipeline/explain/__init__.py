"""Explain why a value is published: the whole way from a source to the dataset."""
