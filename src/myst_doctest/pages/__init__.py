"""Pages as they are written: their cells and recorded blocks, and where each is."""
