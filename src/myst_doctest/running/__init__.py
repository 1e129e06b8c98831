"""Running pages: a warm server, a process a page, one cell after the other."""
