"""``myst-doctest adopt``: bring a site that exists under the check, page by page."""
