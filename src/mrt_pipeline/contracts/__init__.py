"""The types that stages and files share. No module here imports from the layers above."""
