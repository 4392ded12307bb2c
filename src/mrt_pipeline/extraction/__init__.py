"""From a page's text to claims with evidence; the model is passed in."""
