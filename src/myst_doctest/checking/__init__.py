"""Holding what cells showed against what is recorded, and recording it."""
