"""The pack: all that a reader's browser loads to run cells, and how it is built."""
