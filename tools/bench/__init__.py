"""``make bench``: builds, pages and live cells measured; builds beside stock MyST-NB's, too.

The part ``notebooks`` measures the checker beside other tools for such pages, and needs no site.

Another checkout (``make bench BASE=folder``) is measured in the same rounds.
"""
