"""Comparing what cells showed with what is recorded, and recording it."""
