"""Why a value is published: its whole way from a source to the dataset."""
