"""How fast pages are built and checked, beside stock MyST-NB and two limits; ``make bench``."""
