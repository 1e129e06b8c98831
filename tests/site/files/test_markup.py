"""The markup of every page: what the Nu HTML checker finds, headings, landmarks, titles."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from live_cells.pack.downloads_cache import npm_packages
from tests.kit import prerequisites
from tests.kit.every_page import Findings
from tests.kit.full_site import PARTS, ROOT
from tests.kit.markup import is_in, pages_of
from tests.kit.sample import EVERYTHING, cover

# What is no error, and why; a message that comes no more fails too, so that the list stays short.
ACCEPTED = {
    "Property “position-(area|try-fallbacks)” doesn't exist": "CSS Anchor Positioning, of 2025",
    "Property “animation-timeline” doesn't exist": "Scroll-driven Animations, of 2023",
    "“--lane-.”: too few values for the property “linear-gradient”": "one colour at two places",
}
KIT = ROOT / "tests" / "kit"
NAVIGATION = "nav, [role=navigation]"
MAIN = "main, [role=main]"
HIDDEN = "[hidden], [hidden] *"
"""What the page itself hides from every reader."""
HEADINGS = "h1, h2, h3, h4, h5, h6, [role=heading]"


@pytest.fixture(scope="session")
def vnu() -> Path:
    """The Nu HTML checker, as the kit's package-lock.json pins it."""
    return npm_packages(PARTS, KIT) / "vnu-jar" / "build" / "dist" / "vnu.jar"


@pytest.fixture(scope="session")
def java() -> str:
    """The program that runs vnu."""
    program = shutil.which("java")
    if program is None:
        prerequisites.missing("Java 17 or later (Debian: apt-get install default-jre-headless)")
    assert program
    return program


@pytest.fixture(scope="module")
def markup(site: Path) -> dict[str, LexborHTMLParser]:
    """Each page of the site, read without a browser."""
    found = pages_of(site)
    assert found
    return found


def nestings(page: LexborHTMLParser) -> frozenset[str]:
    """Which elements, with which attributes, are in which: what the checker's rules are about."""
    return frozenset(
        " ".join([(each.parent and each.parent.tag) or "", each.tag or "", *sorted(each.attrs)])
        for each in page.css("*")
    )


@pytest.fixture(scope="module")
def checked(markup: dict[str, LexborHTMLParser], site: Path) -> list[Path]:
    """The pages that are read by vnu: together they have each nesting of elements."""
    found = {name: nestings(page) for name, page in markup.items()}
    names = list(found) if EVERYTHING else cover(found, ())
    return [site / name for name in names]


WRONG = {
    "wrong.html": "<!doctype html><html lang=en><title>x</title><p id=a><b id=a>",
    "wrong.svg": "<svg xmlns='http://www.w3.org/2000/svg'><p/></svg>",
    "wrong.css": "p { color: 12px }",
}


@pytest.fixture(scope="module")
def complaints(
    java: str,
    vnu: Path,
    site: Path,
    checked: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[dict[str, Any]]:
    """The errors that vnu finds in pages, in all pictures and style sheets, and in wrong ones."""
    wrong = tmp_path_factory.mktemp("vnu")
    for name, text in WRONG.items():
        (wrong / name).write_text(text)
    files = [file for kind in WRONG for file in of_kind(wrong, kind)]
    files += [*checked, *of_kind(site, "wrong.svg"), *of_kind(site, "wrong.css")]
    # It runs for seconds: Java's second compiler takes more than it gives.
    quick = ["-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    options = ["--also-check-css", "--also-check-svg", "--errors-only", "--stdout"]
    command = [java, *quick, "-jar", vnu, *options, "--format", "json"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # it found errors
    told: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return told


def of_kind(folder: Path, name: str) -> list[Path]:
    """The files of a folder that end as a name does."""
    found = sorted(folder.rglob(f"*{Path(name).suffix}"))
    assert found
    return found


def test_vnu_finds_no_error(complaints: list[dict[str, Any]], site: Path) -> None:
    """No page, no picture and no style sheet has an error that the Nu HTML checker knows.

    Of pages, those are read that have all nestings of elements, which are few; ids, of which each
    page has its own, are looked at in test_html.py and test_links.py.
    """
    findings = Findings()
    for told in complaints:
        _, of_site, place = told["url"].rpartition(f"{site.as_posix()}/")
        if of_site and not any(re.search(about, told["message"]) for about in ACCEPTED):
            extract = " ".join(told.get("extract", "").replace('"', "'").split())
            findings.add(place, [f'{told["message"]} "{extract[:90]}"'])
    findings.check()


@pytest.mark.parametrize("name", WRONG)
def test_vnu_finds_what_is_wrong(complaints: list[dict[str, Any]], name: str) -> None:
    """A file of each kind with an error is named: the checker reads all that it is given."""
    assert any(told["url"].endswith(f"/{name}") for told in complaints)


def level(heading: LexborNode) -> int:
    given = heading.attrs.sget("aria-level") or re.sub(r"\D", "", heading.tag or "")
    return int(given or "0")


def test_headings_tell_the_structure(markup: dict[str, LexborHTMLParser]) -> None:
    """One h1 a page, in its main part, and no level of a heading is left out below it."""
    findings = Findings()
    for name, page in markup.items():
        (main,) = page.css(MAIN)
        hidden = {each.mem_id for each in page.css(HIDDEN)}
        headings = [each for each in main.css(HEADINGS) if each.mem_id not in hidden]
        levels = [level(each) for each in headings]
        if levels.count(1) != 1 or levels[0] != 1:
            findings.add(name, [f"levels of headings: {levels[:5]}"])
        jumps = zip(headings[1:], levels, levels[1:], strict=False)
        findings.add(
            name,
            [
                f'from level {above} to {here}: "{heading.text()}"'
                for heading, above, here in jumps
                if here > above + 1
            ],
        )
        others = [each for each in page.css("h1") if not is_in(each, {main.mem_id})]
        findings.add(name, ["an h1 outside of the main part" for _ in others])
    findings.check()


def names(page: LexborHTMLParser, landmark: LexborNode) -> str:
    ids = landmark.attrs.sget("aria-labelledby").split()
    words = [found.text() for each in ids for found in page.css(f"[id='{each}']")]
    return (landmark.attrs.sget("aria-label") or " ".join(words)).strip()


def test_landmarks_are_there_and_named(markup: dict[str, LexborHTMLParser]) -> None:
    """One main part a page; each navigation has a name, and no two have the same one."""
    findings = Findings()
    for name, page in markup.items():
        if len(page.css(MAIN)) != 1:
            findings.add(name, ["not one main part"])
        found = [names(page, each) for each in page.css(NAVIGATION)]
        findings.add(name, ["a navigation without a name" for each in found if not each])
        twice = [each for each, count in Counter(found).items() if each and count > 1]
        findings.add(name, [f'two navigations of the name "{each}"' for each in twice])
        if not found:
            findings.add(name, ["no navigation"])
    findings.check()


def test_pages_say_what_they_are(markup: dict[str, LexborHTMLParser]) -> None:
    """Each page has a title that no other has, a language, and leaves zooming to the reader."""
    titles = Counter(page.css("head > title")[0].text() for page in markup.values())
    assert [title for title, count in titles.items() if count > 1 or not title.strip()] == []
    for name, page in markup.items():
        assert page.css("html")[0].attrs.sget("lang") == "en", name
        (viewport,) = page.css("meta[name=viewport]")
        content = viewport.attrs.sget("content").replace(" ", "")
        assert "width=device-width" in content, name
        assert not re.search(r"user-scalable=(no|0)|maximum-scale", content), name


def test_tables_name_their_columns(markup: dict[str, LexborHTMLParser]) -> None:
    """No header of a table is empty."""
    found = [(name, each) for name, page in markup.items() for each in page.css("table th")]
    assert found
    assert {name for name, header in found if not header.text(strip=True)} == set()
