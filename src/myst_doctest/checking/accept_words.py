"""Record in a page what its starters and typical wrong answers are told."""

from collections.abc import Iterable

from myst_doctest.checking.accept import Acceptance, refusal_of, replace_file
from myst_doctest.checking.exercise_proofs import Proof
from myst_doctest.pages.exercises import Attempt
from myst_doctest.pages.page import Page
from myst_doctest.pages.records import longer_fence


def accept_words(page: Page, proofs: Iterable[Proof]) -> Acceptance:
    """Rewrite the ``{verdict}`` blocks that differ, and nothing else of the page.

    Nothing is written where the page has a problem. The changes are by the line of the attempt in
    the page that was written, from 1.
    """
    if refusal := refusal_of(page):
        return Acceptance(refusal=refusal)
    lines = page.data.decode("utf-8").split("\n")
    changes = {}
    shift = 0
    for attempt, text in sorted(_differing(proofs), key=lambda pair: pair[0].start):
        block = attempt.verdict
        start, end = (block.start, block.end) if block else (attempt.end, attempt.end)
        ending = "\r" if lines[attempt.start + shift].endswith("\r") else ""
        new = [line + ending for line in [*([] if block else [""]), *_block(text)]]
        lines[start + shift : end + shift] = new
        changes[attempt.line + shift] = "changed" if block else "added"
        shift += len(new) - (end - start)
    try:
        if changes:
            replace_file(page.path, page.data, "\n".join(lines).encode("utf-8"))
    except OSError as error:
        return Acceptance(refusal=f"{page.path}: not written: {error.strerror or error}")
    return Acceptance(changes=changes)


def _differing(proofs: Iterable[Proof]) -> list[tuple[Attempt, str]]:
    return [(proof.attempt, proof.record) for proof in proofs if proof.attempt and proof.record]


def _block(text: str) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    blank = [""] if lines[0].startswith(":") else []  # it would be an option
    fence = longer_fence(text, "```")
    return [f"{fence}{{verdict}}", *blank, *lines, fence]
