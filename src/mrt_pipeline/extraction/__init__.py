"""Turn a page's text into claims with evidence; the model is passed in by the caller."""
