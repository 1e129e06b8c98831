"""What the tutorial's cells import: the models, and what cells can show."""
