"""The list of messages and the pages of errors, as somebody with a problem uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.kit.markup import page_of
from tests.kit.reader import Reader, expect

PASTED = (
    "sqlalchemy.orm.exc.DetachedInstanceError: Instance <Order at 0x10ac3f250> is not bound to a "
    "Session; attribute refresh operation cannot proceed (https://sqlalche.me/e/20/bhk3)"
)
TRACEBACK = """Traceback (most recent call last):
  File "shop/orders.py", line 12, in save
    session.commit()
sqlalchemy.exc.IntegrityError: (psycopg.errors.UniqueViolation) duplicate key value violates \
unique constraint "order_number_key"
DETAIL:  Key (number)=(7) already exists."""


ELSEWHERE = (
    "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() "
    "here. Was IO attempted in an unexpected place? (Background on this error at: "
    "https://sqlalche.me/e/20/xd2s)"
)
WITH_SQL = """(psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint \
"users_email_key"
DETAIL:  Key (email)=(a@b.c) already exists.

[SQL: INSERT INTO users (email) VALUES (%(email)s) RETURNING users.id]
[parameters: {'email': 'a@b.c'}]
(Background on this error at: https://sqlalche.me/e/20/gkpj)"""


def test_the_lists_are_filtered_by_what_is_typed_or_pasted(readers: Callable[..., Reader]) -> None:
    """A message of another program finds its own; the rest comes back with an empty field."""
    page = readers().open("problems")
    field = page.get_by_role("searchbox", name="Filter these lists")
    shown = page.locator(":is(.messages, .symptoms) > li:visible")
    classes = page.locator("article h3:visible")
    count = classes.count()
    field.fill(PASTED)
    expect(shown).to_have_count(1)
    expect(classes).to_have_text(re.compile("^DetachedInstanceError"))
    count_said = page.locator(".message-filter + [role=status]")
    expect(count_said).to_have_text(re.compile(r"^1 of \d+$"))
    link = shown.get_by_role("link").first
    expect(link).to_have_attribute("href", re.compile("^e/detached-instance-error.html#message"))
    contents = page.locator(".toc-tree a:visible", has_text="Error")
    expect(contents).to_have_text(["DetachedInstanceError"])
    expect(page.locator("details:has(> .messages) > summary:visible")).to_have_text(
        re.compile(r"^1 of \d+ messages$")
    )
    field.fill(TRACEBACK)
    expect(classes).to_have_text(re.compile("^IntegrityError"))
    expect(shown.first).to_contain_text("UniqueViolation) duplicate key value violates")
    field.fill("xylophone")
    expect(shown).to_have_count(0)
    expect(count_said).to_contain_text("The search")
    field.fill("")
    expect(classes).to_have_count(count)
    expect(page.locator("details:has(> .messages)[open]")).to_have_count(0)
    counts = page.locator("details:has(> .messages) > summary")
    assert not [text for text in counts.all_text_contents() if " of " in text]


def test_a_message_that_is_not_here_leads_to_no_other(readers: Callable[..., Reader]) -> None:
    """But to SQLAlchemy's explanation; one without its class is found, with what is around it."""
    page = readers().open("problems")
    field = page.get_by_role("searchbox", name="Filter these lists")
    shown = page.locator(":is(.messages, .symptoms) > li:visible")
    said = page.locator(".message-filter + [role=status]")
    field.fill(ELSEWHERE)
    expect(said.get_by_role("link")).to_have_attribute("href", "https://sqlalche.me/e/20/xd2s")
    expect(shown).to_have_count(0)
    field.fill(WITH_SQL)
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("UniqueViolation) duplicate key value violates")


def test_a_link_to_a_message_opens_its_fold(readers: Callable[..., Reader]) -> None:
    """From the list to the page of an error with many messages, and within the list."""
    reader = readers()
    page = reader.open("problems")
    page.goto(f"{page.url}#message-integrityerror")
    row = page.locator("#message-integrityerror .messages > li:last-child a").first
    expect(row).to_be_visible()
    row.click()
    expect(page).to_have_url(re.compile("e/integrity-error.html#message"))
    fold = page.locator("section:target > details").first
    expect(fold.locator(".cell").first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Run this cell")).first).to_be_visible()


def test_a_cell_of_an_error_runs_in_its_chapter(readers: Callable[..., Reader]) -> None:
    """By one press, once: a reload shows the page as it is."""
    page = readers().open("e/unmapped-instance-error")
    page.get_by_role("link", name=re.compile("^Run this cell")).first.click()
    expect(page).to_have_url(re.compile(r"\.html#"))
    cell = page.locator(".cell:target")
    expect(cell.locator(".live-mark")).to_have_text("Same as on the page")
    page.reload()
    expect(page.locator(".cell:target")).to_be_in_viewport()
    expect(page.locator(".live-bar")).to_contain_text("not loaded")


def test_links_say_where_they_lead(site: Path) -> None:
    """No two links of the list with the same words lead to different places."""
    page = page_of(site / "problems.html")
    places: dict[str, set[str]] = {}
    for link in page.css("article a:not(.headerlink)"):
        places.setdefault(link.text(), set()).add(link.attrs.sget("href"))
    assert {words: found for words, found in places.items() if len(found) > 1} == {}


def test_a_chapter_is_named_once_where_a_cell_is_from(site: Path) -> None:
    """What stands above a chapter's first section is from the chapter, and from no section."""
    for page in (site / "e").glob("*.html"):
        for each in page_of(page).css(".error-where"):
            link = each.css("a")[0].text()
            assert each.text().strip() != f"From {link} in {link}:", page.name


def test_a_database_that_shows_the_error_is_unfolded(site: Path) -> None:
    """With the cure's; where another database alone differs, its fold stays shut."""
    page = page_of(site / "e/programming-error.html")
    folds = page.css("section details.variant:has(.cell_output)")
    shut = [fold for fold in folds if "open" not in fold.attrs]
    assert 0 < len(shut) < len(folds)
    assert [fold for fold in shut if "ProgrammingError" in fold.text()] == []
