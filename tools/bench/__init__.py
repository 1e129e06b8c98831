"""``make bench``: builds, pages and live cells measured; builds beside stock MyST-NB's, too.

Another checkout (``make bench BASE=folder``) is measured in the same rounds.
"""
