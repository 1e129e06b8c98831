"""Why a cell or a page cannot be checked, in a few words that can stand in a cell's option."""

from __future__ import annotations

import re

from myst_doctest.checking.verdicts import Outcome, Verdict

NETWORK = re.compile(
    r"\b(URLError|gaierror|MaxRetryError|NameResolutionError|ConnectTimeout(?:Error)?|ProxyError"
    r"|ConnectError|ConnectionError|ConnectionRefusedError|NewConnectionError|RemoteDisconnected"
    r"|ClientConnectorError|HTTPError|SSLError)\b"
    r"|Temporary failure in name resolution|Name or service not known|Network is unreachable"
    r"|Could not resolve host"
)
MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
MEMORY = re.compile(r"MemoryError|memory limit|MiB of memory")
DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "fitz": "pymupdf",
    "osgeo": "gdal",
    "PIL": "Pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""What to install for a module that has another name."""
NOT_PLAIN = re.compile(r"[^\w .,;()/+=<>*-]")
LONGEST = 120
UNFED = "uses what a cell above that fails should have given"
OF_HERE = re.compile(rf"needs the (module|network) .*\(|wants more memory \(|{UNFED}$")
"""How reasons begin that another machine, or another day, can take away."""


def plain(text: str) -> str:
    """Text without what would mean something in YAML or Markdown.

    >>> plain("KeyError: 'a' # [b]")
    'KeyError; a b'
    """
    text = text.replace(": ", "; ").partition("\n")[0]
    words = " ".join(NOT_PLAIN.sub("", text).split())
    if len(words) > LONGEST:
        words = f"{words[:LONGEST].rpartition(' ')[0]} ..."
    return words.strip(" ;,-")


def pip_name(module: str) -> str:
    """The distribution that probably has a module."""
    top = module.partition(".")[0]
    return DISTRIBUTIONS.get(top, top)


def is_of_here(verdict: Verdict) -> bool:
    """Whether a cell fails for what this machine lacks, and would not elsewhere."""
    return any(each.search(verdict.report) for each in (MODULE, NETWORK, MEMORY))


def line_of_cause(verdict: Verdict) -> int:
    """The line of the cell without which this one was not run; 0 where there is none."""
    found = re.search(r"cell at line (\d+)", verdict.report)
    return int(found[1]) if found and verdict.outcome is Outcome.NOT_RUN else 0


def of_failure(verdict: Verdict) -> str:
    """Why a cell fails."""
    said = verdict.report
    if verdict.outcome is Outcome.NOT_RUN:
        return UNFED
    if module := MODULE.search(said):
        return f"needs the module {module[1]} (pip install {pip_name(module[1])})"
    if found := NETWORK.search(said):
        return f"needs the network ({plain(found[0])})"
    if MEMORY.search(said):
        return f"wants more memory ({plain(verdict.summary)})"
    return plain(re.sub(r" \((no tag|.*compatibility = ).*", "", verdict.summary))


def of_stop(why: str, line: int) -> str:
    """Why a page was stopped in the cell at a line."""
    if took := re.search(r"stopped after ([\d.]+) s", why):
        return f"the cell at line {line} takes longer than {took[1]} s"
    if MEMORY.search(why):
        return f"the cell at line {line} wants more memory ({plain(why)})"
    return f"the cell at line {line}; {plain(why)}"
