"""A tree of elements: the build prints it as HTML, the browser makes elements of it.

A tree is ``[tag, {attribute: value}, *children]``, which JSON can carry. A child is text, which
stays text, or another tree, or ``{"markup": ...}``: the HTML or SVG of a rich value, which the
build publishes as it is, and of which the browser keeps what is harmless.

The standard library only: this module also travels into the browser.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Tree = list[Any]
"""``[tag, {attribute: value}, *children]``"""
Child = str | Tree | dict[str, str]

NOT_TRANSLATED = {"translate": "no"}
"""On code and values: a browser that translates the page for its reader leaves them alone."""


def html(child: Child) -> str:
    """A tree as HTML."""
    if isinstance(child, str):
        return escape(child, quote=False)
    if isinstance(child, dict):
        return child["markup"]
    tag, attributes, *children = child
    start = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    inner = "".join(map(html, children))
    if tag == "pre" and inner.startswith("\n"):
        inner = f"\n{inner}"  # HTML drops a newline at the start of <pre>
    return f"<{tag}{start}>{inner}</{tag}>"


def with_links(tree: Child, pages: Mapping[str, str]) -> Any:
    """An output in which the classes of exceptions lead to the pages that explain them.

    ``pages`` has these pages' addresses by the classes' names.
    """
    if not isinstance(tree, list) or not pages or tree[0] == "details":
        return tree
    tag, attributes, *children = tree
    if tag == "b" and children[0] in pages:
        return ["a", {"href": pages[children[0]]}, tree]
    return [tag, attributes, *(with_links(each, pages) for each in children)]


def element(tag: str, classes: Sequence[str], *children: Child, **attributes: str) -> Tree:
    """An element, with its classes where it has any."""
    named = {"class": " ".join(classes)} if classes else {}
    return [tag, {**named, **attributes}, *children]


def line_attribute(line: int) -> dict[str, str]:
    """The attribute that names the line of code that caused something; none for the line 0."""
    return {"data-line": str(line)} if line else {}
