"""What this one site needs of Sphinx beyond the general tools; each part is an extension."""

from typing import Any

from sphinx.application import Sphinx

PARTS = (
    "tutorial_site.content.chapter_cards",
    "tutorial_site.progress.extension",
    "tutorial_site.content.error_pages",
    "tutorial_site.content.coverage_table",
    "tutorial_site.content.glossary_popovers",
    "tutorial_site.page.code_blocks",
    "tutorial_site.page.asset_bundle",
    "tutorial_site.page.accessibility",
    "tutorial_site.page.two_columns",
    "tutorial_site.search.extension",
    "tutorial_site.downloads.extension",
    "built_site.robots",
    "tutorial_site.page.not_found",
    "tutorial_site.page.meta_tags",
    "tutorial_site.page.repository_links",
    "tutorial_site.inventory_check",
    "built_site.build_errors",
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = [..., "tutorial_site"]``."""
    for part in PARTS:
        app.setup_extension(part)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
