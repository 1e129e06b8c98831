"""How each page is put together, read and shared."""
