"""The types that stages and files share; nothing here imports anything above."""
