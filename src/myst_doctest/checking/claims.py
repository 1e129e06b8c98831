"""Check the options of a prediction that are literal outputs against what the cell shows."""

from collections.abc import Iterator
from dataclasses import replace

from myst_doctest.checking.compare import GUTTER
from myst_doctest.checking.replay import told_apart
from myst_doctest.checking.verdicts import Outcome, Verdict, segments_by_gutter
from myst_doctest.pages.fences import Problem
from myst_doctest.running.runner import Segment
from myst_doctest.showing.log_lines import PARAMETERS

ANY = "..."


def wrong_claims(verdict: Verdict, variant: str = "") -> Iterator[Problem]:
    """The options that claim to be right and are not what the cell shows, and the other way round.

    On a variant, those of predictions that hold there too.
    """
    cell = verdict.cell
    prediction = cell.prediction
    if prediction is None or (variant and variant not in prediction.also_on):
        return
    if verdict.outcome in (Outcome.PASSED, Outcome.UNCHECKED):
        output = cell.recorded
    elif verdict.outcome is Outcome.DIFFERS:
        output = verdict.got  # which may be recorded next
    else:
        return
    where = f" on {variant}" if variant else ""
    for option in prediction.options:
        if option.literal is None:
            continue
        if option.is_right == claims(option.literal, output, raises=cell.raises):
            continue
        says = f"the option {option.literal!r}"
        if option.is_right:
            message = f"{says} is marked right, but the cell does not show that{where}"
            yield Problem(option.line, f"{message}: correct it, or mark another one with [x]")
        else:
            message = f"{says} is marked wrong, but the cell shows that{where}"
            yield Problem(option.line, f"{message}: mark it with [x], or write another one")


def claims(literal: str, output: str, *, raises: bool = False) -> bool:
    r"""Whether an option says what a recorded output says.

    Lines with a gutter are about the log alone, one for each statement, of which the first words
    are enough; lines without one are about all else. Of an exception, which comes last if a cell
    ``raises``, its class or its first line is enough. A last line ``...`` stands for any others.

    >>> output = "│ INSERT INTO a (b) VALUES (?)\n│ [generated] (1,)\n│ COMMIT\nTrue\n2\n"
    >>> claims("True\n2", output), claims("│ INSERT\n│ COMMIT", output), claims("│ COMMIT", output)
    (True, True, False)
    >>> claims("True", output), claims("True\n...", output), claims("│ INSERT\n...", output)
    (False, True, True)
    >>> claims("1\nKeyError", "1\nKeyError: 2\n", raises=True)
    True
    """
    wanted = literal.split("\n")
    is_begun = wanted[-1] == ANY
    if is_begun:
        wanted.pop()
    kinds = {line.startswith(GUTTER) for line in wanted}
    shown = [each for each in _entries(output, raises=raises) if (each.kind == "sql") in kinds]
    if is_begun:
        shown = shown[: len(wanted)]
    elif shown and shown[-1].kind == "error":  # whose message may have several lines
        wanted[len(shown) - 1 :] = ["\n".join(wanted[len(shown) - 1 :])]
    return len(wanted) == len(shown) and all(map(_says, wanted, shown))


def _entries(output: str, *, raises: bool) -> Iterator[Segment]:
    """Each statement, each printed line, and an exception."""
    segments = segments_by_gutter(output.split("\n")[:-1])
    for segment in told_apart(segments, raises=raises):
        if segment.kind == "error":
            yield segment
        elif segment.kind != "sql":
            yield from (replace(segment, text=line) for line in segment.text.split("\n"))
        elif not PARAMETERS.match(segment.text):
            yield segment


def _says(line: str, shown: Segment) -> bool:
    if shown.kind == "sql":
        words = line.removeprefix(GUTTER).split()
        return bool(words) and line.startswith(GUTTER) and shown.text.split()[: len(words)] == words
    if shown.kind == "error":
        first = shown.text.partition("\n")[0]
        return line in (shown.text, first, first.partition(":")[0])
    return line == shown.text
