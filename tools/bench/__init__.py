"""``make bench``: builds, pages and live cells measured, beside the state before and beside others.

Stock MyST-NB and plain Pyodide are the others. Another checkout (``make bench BASE=folder``) is
measured in the same rounds.
"""
