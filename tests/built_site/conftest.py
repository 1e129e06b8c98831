"""Plain sites to build."""

from __future__ import annotations

from tests.kit.plain_site import changed_site, plain_site, plain_site_before, right_files

__all__ = ["changed_site", "plain_site", "plain_site_before", "right_files"]
