"""The search: its index, and the dialog on each page."""
