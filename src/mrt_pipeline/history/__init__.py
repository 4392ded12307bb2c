"""Past runs: their folders, and the datasets in them."""
