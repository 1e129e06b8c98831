"""Sphinx configuration, nothing but configuration."""

import os

from built_site.address import site_address

project = "The SQLAlchemy ORM, executed"
author = "the authors of The SQLAlchemy ORM, executed"
copyright = author
version = "0.1.0"  # an EPUB has to have one
language = "en"

extensions = [
    "myst_doctest",
    "live_cells",
    "tutorial_site",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
]
templates_path = ["src/tutorial_site/page/templates"]
template_bridge = "tutorial_site.page.unindented.Templates"
nitpicky = True
# The classes of pictures are no API: they have a repr() and a picture, and that is all.
nitpick_ignore_regex = [("py:class", r"orm_tutorial\.show\.\w+\.[A-Z]\w+")]
show_warning_types = True

autodoc_member_order = "bysource"
autodoc_typehints = "description"
# Kept in the repository, so that no build asks the network; tools/inventories/README.md says more.
intersphinx_mapping = {
    "python": ("https://docs.python.org/3.11", "../tools/inventories/python.inv"),
    "sqlalchemy": ("https://docs.sqlalchemy.org/en/21", "../tools/inventories/sqlalchemy.inv"),
}

# What the reader's browser gets beside Python.
live_cells_distributions = ["sqlalchemy", "typing-extensions"]
live_cells_leave_out = ["sqlalchemy/testing/*", "sqlalchemy/ext/mypy/*"]
live_cells_packages = ["src/orm_tutorial"]
live_cells_preload = ["sqlalchemy.orm", "sqlalchemy.dialects.sqlite"]
live_cells_playground = "playground"
live_cells_differences = "docs/differences.toml"
live_cells_extras = {
    "postgresql": {
        "distributions": ["psycopg"],
        "packages": ["src/psycopg_wasm"],
        "make": "src/psycopg_wasm/pack_files.mjs",
        "start": "src/psycopg_wasm/start_in_worker.js",
        "preload": ["sqlalchemy.dialects.postgresql.psycopg"],
    },
}
live_cells_variants = {"postgresql": ["postgresql"]}

nb_code_prompt_show = "Show {type}"
nb_code_prompt_hide = "Hide {type}"

myst_heading_anchors = 3

coverage_items = "docs/reference/coverage.toml"
error_causes = "docs/errors.toml"
# What is made for the builders of the site is not found among its chapters.
# "Find your problem" repeats the chapters' messages.
search_leave_out = ["reference/coverage", "reference/kitchen-sink", "problems"]
# Chapters explain; what is beside them is looked up.
search_page_weights = {"reference/*": 0.5, "coming-from.html": 0.2}
search_words = "docs/search-words.toml"
search_inventory = "sqlalchemy"

# What the downloads of pages import: the wheel of this folder is offered beside them.
downloads_package = "src/orm_tutorial"

html_theme = "furo"
html_title = project
html_baseurl = site_address()
html_copy_source = False
# Where there is one: links to edit a page, and to report what is wrong with it.
repository_url = os.environ.get("REPOSITORY_URL", "")
# What hosts read at the site's root: deploy/README.md tells which.
html_extra_path = ["deploy/_headers", "deploy/.nojekyll"]
epub_exclude_files = ["_headers", ".nojekyll"]  # Sphinx warns of types that it does not know
html_favicon = "src/orm_tutorial/static/icon.svg"
html_static_path = ["src/orm_tutorial/static"]
html_css_files = ["show.css"]
html_js_files = [("show.js", {"defer": "defer"})]
# What all pages load, as one style sheet and one script: what comes later wins.
asset_bundle_styles = [
    "styles/furo.css",
    "tokens.css",
    "layout.css",
    "cells.css",
    "myst-doctest.css",
    "exercises.css",
    "live.css",
    "code-links.css",
    "copy-button.css",
    "accessibility.css",
    "furniture.css",
    "downloads.css",
    "glossary-popovers.css",
    "search.css",
    "show.css",
]
# Classes that the theme's style sheet knows and no page has: a test names one that a page gets.
# The last line is of the theme's admonitions, which are all of one look here.
asset_bundle_unused = """
    admonition-todo attention caution danger tip deprecated epigraph announcement
    announcement-content citation classifier code-block-caption footnote footnote-reference
    guilabel highlights highlighttable linenodiv linenos line-block only-dark only-light
    option-list pull-quote rubric sidebar-title sig-inline topic-title versionadded
    versionchanged versionmodified versionremoved viewcode-back viewcode-link has-children
    sidebar-toggle sidebar-logo toctree-checkbox right-details icons align-left align-right
    text-align text-left text-center text-right centered arabic attribution problematic
    toc-backref view-this-page loweralpha upperalpha lowerroman upperroman fn-backref eqno
    math-wrapper back-to-top furo-related-icon contents hint important math sidebar topic
    sidebar-logo-container highlighted highlight-link figure search
    this-will-duplicate-information-and-it-is-still-useful-here
    admonition-title:before admonition.error admonition.note admonition.seealso admonition.warning
    edit-this-page
"""
# Selectors of the theme's style sheet, without their ":not(...)", that choose nothing on any page.
asset_bundle_unused_selectors = """
.toctree-wrapper.compound .caption, .toctree-wrapper.compound>ul
.toctree-wrapper li>ol, .toctree-wrapper li>ul
hr, hr.docutils, samp, sub, sup, blockquote, optgroup, template
[type=number]::-webkit-inner-spin-button, [type=number]::-webkit-outer-spin-button
.mobile-header .header-left label, .mobile-header .header-right label, article .align-center
.sidebar-tree label, .sidebar-tree label:hover, .sidebar-tree .toctree-l1>label .icon
.sidebar-tree .icon, .sidebar-tree li>ul, .sidebar-tree .reference.external:after
dl[class] .field-list dd:empty, dl[class] .field-list dd>ul>li>p:nth-child(2)
dl[class] .field-list dd>ul>li>p+p:last-child:empty
.field-list dt+dt, dl.glossary dt+dt, dl.simple dt+dt, dl.glossary dd ul
em.property, em.property:first-child, pre.literal-block code.literal
ol li>ol, ol li>ul, ul li>ol, .simple li>ol, .simple li>ul
div[class*=" highlight-"] .table-wrapper, div[class^=highlight-] .table-wrapper
p .reference img, .related-pages a.prev-page svg
:target>h4:first-of-type, :target>h5:first-of-type, :target>h6:first-of-type
span:target~h4:first-of-type, span:target~h5:first-of-type, span:target~h6:first-of-type
:target>h4:first-of-type code.literal, :target>h5:first-of-type code.literal
:target>h6:first-of-type code.literal, span:target~h4:first-of-type code.literal
span:target~h5:first-of-type code.literal, span:target~h6:first-of-type code.literal
h4:hover>.headerlink, h5:hover>.headerlink, h6:hover>.headerlink, figcaption p:hover>.headerlink
figure:hover>figcaption>p>.headerlink, table:hover>caption>.headerlink
table>caption:hover>.headerlink, h4>.headerlink, h5>.headerlink, h6>.headerlink
figcaption p>.headerlink, table>caption>.headerlink
"""
asset_bundle_scripts = [
    "scripts/furo.js",
    "log-panels.js",
    "variants.js",
    "live/lazy_start-*.js",
    "copy-button.js",
    "accessibility.js",
    "downloads.js",
    "glossary-popovers.js",
    "progress-start.js",
    "search.js",
    "show.js",
]
