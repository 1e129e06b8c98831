"""Compare what a cell showed with what its page records.

Standard library alone, since this module also travels into the browser.
Output is normalised once, before it is written or compared; after that the comparison is exact,
but for the few volatile values listed in :data:`VOLATILE`, which are compared by form.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice, takewhile

from myst_doctest.running.runner import Segment

GUTTER = "\N{BOX DRAWINGS LIGHT VERTICAL}"
"""Begins each recorded line that a library logged, with a blank after it."""

_ESCAPED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LITERAL_GUTTER = re.compile(rf"^(?=\\*{GUTTER})")
_NOT_PLAIN = re.compile(r"[^\n\t -~]")
_NEAR = timedelta(days=1)
_YEARS = range(1970, 2100)
_SHOWN = 600
"""Lines of a report."""


def normalise(text: str) -> str:
    r"""Make text safe to be recorded in a page, and the same each time.

    Control characters other than tab and newline, lone surrogates, line and paragraph separators
    and bidirectional controls become ``\xNN`` or ``\uNNNN``; blanks at a line's end go.

    >>> normalise("a\x1b[1m \r\nb \t\n")
    'a\\x1b[1m \\x0d\nb\n'
    """
    safe = _NOT_PLAIN.sub(lambda match: _escaped(match[0]), text)
    return "\n".join(line.rstrip(" \t") for line in safe.split("\n"))


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _ESCAPED and char not in _BIDIRECTIONAL:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def lines_of(segment: Segment) -> list[str]:
    """The lines that record a segment."""
    text = normalise(segment.text)
    if segment.kind == "sql":
        shown = text.strip("\n").split("\n")
        return [f"{GUTTER} {line}".rstrip(" ") for line in shown]
    return [_LITERAL_GUTTER.sub(r"\\", line) for line in text.removesuffix("\n").split("\n")]


def recorded_form(segments: Iterable[Segment]) -> str:
    """The text of a block that records these segments; each line ends with a newline."""
    return "".join(f"{line}\n" for segment in segments for line in lines_of(segment))


@dataclass(frozen=True)
class Form:
    """A kind of value that differs from run to run."""

    name: str
    pattern: re.Pattern[str]
    when: Callable[[str], datetime | None] | None = None
    """Reads the moment that a date's text names; None for values of other kinds."""
    shape: Callable[[str], object] = lambda _: None
    """What is the same in each run."""
    whole_day: bool = False
    """For dates without a time."""


@dataclass(frozen=True)
class Value:
    """A piece of an output that has one of the forms."""

    text: str
    form: Form

    def may_be_recorded_for(self, new: Value, ran: datetime) -> bool:
        """Whether a run at ``ran`` that shows ``new`` agrees with a block that holds this value."""
        if self.text == new.text:
            return True
        if self.form is not new.form or self.form.shape(self.text) != self.form.shape(new.text):
            return False
        recorded = self.form.when and self.form.when(self.text)
        return self.form.when is None or (recorded is not None and new.is_volatile(ran))

    def is_volatile(self, ran: datetime) -> bool:
        """Whether this value, shown by a run at ``ran``, may differ in the next run."""
        if self.form.when is None:
            return True
        moment = self.form.when(self.text)
        if self.form.whole_day:  # else yesterday would be near in the morning alone
            ran = ran.replace(hour=0, minute=0, second=0, microsecond=0)
        return moment is not None and abs(moment - ran) <= _NEAR


def _from_call(text: str) -> datetime | None:
    return _moment([int(number) for number in re.findall(r"\d+", text)])


def _from_iso(text: str) -> datetime | None:
    numbers = re.findall(r"\d+", text)
    fraction = [numbers[6].ljust(6, "0")] if len(numbers) == 7 else []
    return _moment([int(number) for number in numbers[:6] + fraction])


def _moment(numbers: list[int]) -> datetime | None:
    try:
        moment = datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None  # no run shows another as today


def _has_fraction(call: str) -> bool:
    return call.count(",") == 6  # seconds are left out where they and the fraction are zero


def _punctuation(iso: str) -> str:
    return re.sub(r"\d+", "", iso)  # PostgreSQL leaves out the zeros at the end of a fraction


VOLATILE = (
    Form("address", re.compile(r"(?<= at )0x(?!0+\b)[0-9a-f]{6,16}\b")),
    Form("timing", re.compile(r"(?<=\bin )\d+\.\d+s\b|(?<=\bsince )\d+\.\d+s\b")),
    Form(
        "datetime",
        re.compile(r"\bdatetime\.datetime\([1-9]\d{3}(?:, (?:0|[1-9]\d*)){4,6}"),
        _from_call,
        _has_fraction,
    ),
    Form(
        "date",
        re.compile(r"\bdatetime\.date\([1-9]\d{3}, [1-9]\d*, [1-9]\d*"),
        _from_call,
        whole_day=True,
    ),
    Form(
        "ISO datetime",
        re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?!\d)"),
        _from_iso,
        _punctuation,
    ),
    Form("ISO date", re.compile(r"\b\d{4}-\d\d-\d\d(?![\dT]| \d\d:)"), _from_iso, whole_day=True),
)
"""The volatile values, all of them: what they look like, and when they are volatile.

A date is volatile where the run's own output holds one that lies within a day of the run;
any other date is exact.
"""

_ADDRESS = next(form for form in VOLATILE if form.name == "address")
_ANY = re.compile("|".join(f"({form.pattern.pattern})" for form in VOLATILE))


def _split(text: str) -> tuple[list[str], list[Value]]:
    """A text's values, and the text before, between and after them."""
    literals: list[str] = []
    values: list[Value] = []
    done = 0
    for match in _ANY.finditer(text):
        literals.append(text[done : match.start()])
        values.append(Value(match[0], VOLATILE[(match.lastindex or 1) - 1]))
        done = match.end()
    return [*literals, text[done:]], values


def _replaced(text: str, known: dict[str, str]) -> str:
    """A text with other values in place of its own, where another one is known."""
    literals, values = _split(text)
    new = [known.get(value.text, value.text) for value in values]
    return "".join(part for pair in zip(literals, [*new, ""], strict=True) for part in pair)


def _pairs(recorded: str, got: str, ran: datetime) -> list[tuple[Value, Value]] | None:
    """Each recorded value and the run's in its place; None where the texts do not agree."""
    old_literals, old = _split(recorded)
    new_literals, new = _split(got)
    if old_literals != new_literals:
        return None
    pairs = list(zip(old, new, strict=True))
    return pairs if all(a.may_be_recorded_for(b, ran) for a, b in pairs) else None


def _same_objects(pairs: Sequence[tuple[Value, Value]]) -> bool:
    """Whether one object has one address in both texts, and two objects have two."""
    addresses = {(old.text, new.text) for old, new in pairs if old.form is _ADDRESS}
    olds, news = {old for old, _ in addresses}, {new for _, new in addresses}
    return len(olds) == len(news) == len(addresses)


def matches(recorded: str, got: str, ran: datetime, *, ellipsis: bool = False) -> bool:
    """Whether a run's normalised output is what a block records.

    ``recorded`` and ``got`` are in recorded form (see :func:`recorded_form`); ``ran`` is when the
    run began, which makes a date near it volatile.
    With ``ellipsis``, each ``...`` of the block stands for any text, also over several lines;
    without it, ``...`` is literal.

    >>> run = datetime(1970, 1, 1, tzinfo=UTC)
    >>> matches("<Session at 0x7f0000000000>\\n", "<Session at 0x7f1111111111>\\n", run)
    True
    >>> matches("datetime.date(2024, 12, 9)\\n", "datetime.date(1970, 1, 1)\\n", run)
    True
    >>> matches("datetime.date(2024, 12, 9)\\n", "datetime.date(2024, 12, 8)\\n", run)
    False
    >>> matches("a ... z\\n", "a b c z\\n", run, ellipsis=True)
    True
    """
    if recorded == got:
        return True
    if ellipsis and "..." in recorded:
        return _in_order(recorded.split("..."), got, ran)
    pairs = _pairs(recorded, got, ran)
    return pairs is not None and _same_objects(pairs)


def _in_order(pieces: Sequence[str], text: str, ran: datetime) -> bool:
    """Whether ``text`` holds the pieces in order, the first at its start, the last at its end.

    Leftmost matches are enough, as in :mod:`doctest`, and keep the search linear.
    """
    done = 0
    for number, piece in enumerate(pieces):
        literals, values = _split(piece)
        pattern = re.escape(literals[0])
        for value, literal in zip(values, literals[1:], strict=True):
            pattern += f"({value.form.pattern.pattern}){re.escape(literal)}"
        if number in (0, len(pieces) - 1):
            pattern = rf"\A{pattern}" if number == 0 else rf"{pattern}\Z"
        end = _find(re.compile(pattern), values, text, done, ran)
        if end < 0:
            return False
        done = end
    return True


def _find(
    pattern: re.Pattern[str], values: Sequence[Value], text: str, start: int, ran: datetime
) -> int:
    """The end of the first place where the pattern and its values fit; -1 where there is none."""
    while found := pattern.search(text, start):
        shown = zip(values, found.groups(), strict=True)
        if all(old.may_be_recorded_for(Value(new, old.form), ran) for old, new in shown):
            return found.end()
        start = found.start() + 1
    return -1


def merged(recorded: str, got: str, ran: datetime, *, ellipsis: bool = False) -> str:
    """The text to record: the run's, with the recorded lines kept that it matches.

    >>> run = datetime(1970, 1, 1, tzinfo=UTC)
    >>> merged("1\\n<A at 0xaaaaaaaa>\\n", "2\\n<A at 0xbbbbbbbb>\\n", run)
    '2\\n<A at 0xaaaaaaaa>\\n'
    """

    def fits(old: str, new: str) -> bool:
        return matches(old, new, ran, ellipsis=ellipsis)

    lines = _aligned(recorded.split("\n"), got.split("\n"), fits, gaps=ellipsis)
    # A new line names an object as the kept lines do.
    known: dict[str, str] = {}
    for old, new in lines:
        known |= counterparts(old, new, ran) if old is not None else {}
    text = "\n".join(_replaced(new, known) if old is None else old for old, new in lines)
    return text if matches(text, got, ran, ellipsis=ellipsis) else got


Line = tuple[str | None, str]
"""The recorded line that is kept, if one is, and the run's."""


def _aligned(
    old: list[str], new: list[str], fits: Callable[[str, str], bool], *, gaps: bool
) -> list[Line]:
    """The run's lines, and the recorded ones that they fit."""
    if not gaps:
        return _best_aligned(old, new, fits)
    head = _common(old, new, fits)
    if head and old[head - 1].strip() == "...":
        head -= 1  # it may stand for more lines than the one that it fitted
    tail = _common(old[head:][::-1], new[head:][::-1], fits)
    lines: list[Line] = list(zip(old[:head], new[:head], strict=True))
    last = list(zip(old[len(old) - tail :], new[len(new) - tail :], strict=True))
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if old and old[0].strip() == "..." and len(new) >= len(old) - 1:
        lines.append((old.pop(0), ""))
        new = new[len(new) - len(old) :]
    return [*lines, *_best_aligned(old, new, fits), *last]


def _best_aligned(old: list[str], new: list[str], fits: Callable[[str, str], bool]) -> list[Line]:
    lines: list[Line] = [(None, line) for line in new]
    matcher = difflib.SequenceMatcher(None, [*map(_shape, old)], [*map(_shape, new)])
    for start_old, start_new, size in matcher.get_matching_blocks():
        for kept, number in zip(old[start_old : start_old + size], count(start_new), strict=False):
            if fits(kept, new[number]):
                lines[number] = kept, new[number]
    return lines


def _shape(line: str) -> str:
    """A line with the names of its values' forms in their places."""
    return _ANY.sub(lambda match: f"\0{match.lastindex}", line)


def _common(old: Iterable[str], new: Iterable[str], fits: Callable[[str, str], bool]) -> int:
    """How many lines fit, from the first on."""
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: fits(*pair), pairs))


def difference(
    recorded: str, got: str, ran: datetime, where: str, *, ellipsis: bool = False
) -> str:
    """A unified diff from what ``where`` (``file:line``) records to what the run gave.

    A line that the run matches is no difference.
    The report on a long output is cut, and then counts the lines.
    """
    old = _diff_lines(recorded)
    new = _diff_lines(merged(recorded, got, ran, ellipsis=ellipsis))
    diff = difflib.unified_diff(old, new, f"{where} (recorded)", "this run", lineterm="")
    lines = list(islice(diff, _SHOWN))
    if next(diff, None) is not None:
        lines.append(f"(cut: {len(old)} lines are recorded, this run gave {len(new)})")
    return "\n".join(lines)


def _diff_lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def counterparts(recorded: str, got: str, ran: datetime) -> dict[str, str]:
    """For each volatile value of a run's output the value that its block records in its place.

    Empty where the two do not match.
    """
    pairs = _pairs(recorded, got, ran) or []
    return {new.text: old.text for old, new in pairs if new.is_volatile(ran)}


def steady(recorded: str, got: str) -> str:
    """What a block records, with the name of its form for each value that the run showed otherwise.

    >>> steady("1 at datetime.date(2024, 12, 9)\\n", "1 at datetime.date(1970, 1, 1)\\n")
    '1 at date)\\n'
    """
    if recorded == got:
        return recorded
    literals, old = _split(recorded)
    new_literals, new = _split(got)
    if literals != new_literals:
        return recorded
    named = [a.text if a.text == b.text else a.form.name for a, b in zip(old, new, strict=True)]
    return _woven(literals, named)


def even(text: str, ran: datetime) -> str:
    """A text with the names of their forms in place of the values that a run at ``ran`` draws."""
    literals, values = _split(text)
    named = [each.form.name if each.is_volatile(ran) else each.text for each in values]
    return _woven(literals, named)


def _woven(literals: list[str], values: list[str]) -> str:
    """The text of what stands between values, and of the values."""
    return "".join(part for pair in zip(literals, [*values, ""], strict=True) for part in pair)


def published(picture: str, known: dict[str, str], ran: datetime) -> tuple[str, list[str]]:
    """A picture's markup with recorded values in place of volatile ones, and those not recorded.

    ``known`` comes from :func:`counterparts`.
    A volatile value that the picture's text form does not hold cannot be published the same on
    two days; it is listed in the second item.
    """
    _, values = _split(picture)
    volatile = [value.text for value in values if value.is_volatile(ran)]
    return _replaced(picture, known), [text for text in volatile if text not in known]
