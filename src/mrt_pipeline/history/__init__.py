"""What was run: the folders of runs, and the datasets in them."""
