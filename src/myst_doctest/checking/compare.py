"""Compare what a cell showed with what its page records.

Standard library alone, since this module also travels into the browser.
Output is normalised once, before it is written or compared; after that the comparison is exact,
but for the few volatile values listed in :data:`VOLATILE`, which are compared by form.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from myst_doctest.running.runner import Segment

__all__ = [
    "GUTTER",
    "VOLATILE",
    "Form",
    "Moment",
    "counterparts",
    "difference",
    "lines_of",
    "matches",
    "merged",
    "normalise",
    "published",
    "recorded_form",
]

GUTTER = "\N{BOX DRAWINGS LIGHT VERTICAL}"
"""What stands before each line that a library logged, and a blank between."""

_ESCAPED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LITERAL_GUTTER = re.compile(rf"^(?=\\*{GUTTER})")
_NOT_PLAIN = re.compile(r"[^\n\t -~]")
_NEAR = timedelta(days=1)


def normalise(text: str) -> str:
    r"""Make text safe to stand in a page, and the same each time.

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
    """The lines with which a segment stands in its block."""
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
    """A kind of value that differs from run to run.

    ``when`` reads the moment that a date's text names and is None for values of other kinds.
    ``whole_day`` is for dates without a time.
    """

    name: str
    pattern: re.Pattern[str]
    when: Callable[[str], datetime | None] | None = None
    whole_day: bool = False

    def is_volatile(self, text: str, ran: datetime) -> bool:
        """Whether this text, shown by a run at ``ran``, may differ in the next run."""
        if self.when is None:
            return True
        moment = self.when(text)
        if self.whole_day:  # else yesterday would be near in the morning alone
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
        return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None


VOLATILE = (
    Form("address", re.compile(r"(?<= at )0x[0-9a-f]{6,16}\b")),
    Form("timing", re.compile(r"(?<=\bin )\d+\.\d+s\b|(?<=\bsince )\d+\.\d+s\b")),
    Form("datetime", re.compile(r"\bdatetime\.datetime\(\d{4}(?:, \d+){4,6}"), _from_call),
    Form("date", re.compile(r"\bdatetime\.date\(\d{4}, \d+, \d+"), _from_call, whole_day=True),
    Form(
        "ISO datetime",
        re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?!\d)"),
        _from_iso,
    ),
    Form(
        "ISO date",
        re.compile(r"\b\d{4}-\d\d-\d\d(?![\dT]| \d\d:)"),
        _from_iso,
        whole_day=True,
    ),
)
"""The volatile values, all of them: what they look like, and when they are volatile.

A date is volatile where the run's own output holds one that lies within a day of the run;
any other date is exact.
"""

_ANY = re.compile("|".join(f"({form.pattern.pattern})" for form in VOLATILE))


@dataclass(frozen=True)
class Moment:
    """When a run began, in seconds since the epoch: what makes a date volatile."""

    ran: float

    def values(self, text: str) -> Iterator[tuple[int, int, Form]]:
        """Start, end and form of each value of ``text`` that is volatile in this run."""
        ran = datetime.fromtimestamp(self.ran, UTC)
        for start, end, form in _values(text):
            if form.is_volatile(text[start:end], ran):
                yield start, end, form

    def masked(self, text: str) -> str:
        """The run's output with each volatile value replaced by its form's name between NULs."""
        return _replaced(
            text, [(start, end, _mask(form)) for start, end, form in self.values(text)]
        )


def _values(text: str) -> Iterator[tuple[int, int, Form]]:
    for match in _ANY.finditer(text):
        yield match.start(), match.end(), VOLATILE[(match.lastindex or 1) - 1]


def _mask(form: Form) -> str:
    # Normalised output holds no NUL, so that a mask is never mistaken for output.
    return f"\0{form.name}\0"


def _replaced(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, new in spans:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def _pattern(recorded: str) -> str:
    """A regular expression that a masked run must match to be what is recorded."""
    parts: list[str] = []
    done = 0
    for start, end, form in _values(recorded):
        value = recorded[start:end]
        plausible = form.when is None or form.when(value) is not None
        either = [re.escape(value), *([re.escape(_mask(form))] if plausible else [])]
        parts += [re.escape(recorded[done:start]), f"(?:{'|'.join(either)})"]
        done = end
    return "".join([*parts, re.escape(recorded[done:])])


def matches(recorded: str, got: str, moment: Moment, *, ellipsis: bool = False) -> bool:
    """Whether a run's normalised output is what a block records.

    ``recorded`` and ``got`` are in recorded form (see :func:`recorded_form`).
    With ``ellipsis``, each ``...`` of the block stands for any text, also over several lines;
    without it, ``...`` is literal.

    >>> run = Moment(ran=0.0)
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
    masked = moment.masked(got)
    if not ellipsis:
        return _stands_for(recorded, masked)
    return _in_order(recorded.split("..."), masked)


def _stands_for(recorded: str, masked: str) -> bool:
    """Whether recorded text is a masked run's, read once from left to right.

    The same as a full match of :func:`_pattern`, which would have to be compiled first.
    """
    old = new = 0
    for start, end, form in _values(recorded):
        before, value, mask = recorded[old:start], recorded[start:end], _mask(form)
        if not masked.startswith(before, new):
            return False
        new += len(before)
        if masked.startswith(value, new):
            new += len(value)
        elif masked.startswith(mask, new) and (form.when is None or form.when(value) is not None):
            new += len(mask)
        else:
            return False
        old = end
    return masked[new:] == recorded[old:]


def _in_order(pieces: list[str], text: str) -> bool:
    """Whether the pieces stand in ``text`` in order, the first at its start, the last at its end.

    Leftmost matches are enough, as in :mod:`doctest`, and keep the search linear.
    """
    *before, last = [_pattern(piece) for piece in pieces]
    if not before:
        return re.fullmatch(last, text) is not None
    done = 0
    for number, pattern in enumerate(before):
        compiled = re.compile(pattern)
        found = compiled.search(text, done) if number else compiled.match(text)
        if found is None:
            return False
        done = found.end()
    return re.compile(rf"(?:{last})\Z").search(text, done) is not None


def merged(recorded: str, got: str, moment: Moment) -> str:
    """The text to record: the run's, with recorded lines kept where only volatile values differ.

    >>> merged("1\\n<A at 0xaaaaaaaa>\\n", "2\\n<A at 0xbbbbbbbb>\\n", Moment(0.0))
    '2\\n<A at 0xaaaaaaaa>\\n'
    """
    old, new = recorded.split("\n"), got.split("\n")
    masked = [moment.masked(line) for line in new]
    known = dict.fromkeys(masked)
    keys = [_key(line, known) for line in old]
    kept = list(new)
    matcher = difflib.SequenceMatcher(None, keys, masked, autojunk=False)
    for start_old, start_new, size in matcher.get_matching_blocks():
        kept[start_new : start_new + size] = old[start_old : start_old + size]
    return "\n".join(kept)


def _key(line: str, masked: Iterable[str]) -> str:
    """The masked line of the run that a recorded line stands for, or the line itself."""
    if not any(True for _ in _values(line)):
        return line
    return next((key for key in masked if _stands_for(line, key)), line)


def difference(recorded: str, got: str, moment: Moment, where: str) -> str:
    """A unified diff from what ``where`` (``file:line``) records to what the run gave.

    A line that differs in nothing but volatile values is no difference.
    """
    diff = difflib.unified_diff(
        _diff_lines(recorded),
        _diff_lines(merged(recorded, got, moment)),
        f"{where} (recorded)",
        "this run",
        lineterm="",
    )
    return "\n".join(diff)


def _diff_lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def counterparts(recorded: str, got: str, moment: Moment) -> dict[str, str]:
    """For each volatile value of a run's output the value that its block records in its place.

    Empty where the two do not match line by line.
    """
    found: dict[str, str] = {}
    for old, new in zip(recorded.split("\n"), got.split("\n"), strict=False):
        spans = list(moment.values(new))
        if not spans:
            continue
        groups = [(start, end, f"({form.pattern.pattern})") for start, end, form in spans]
        match = re.fullmatch(_escaped_but(new, groups), old)
        if match is not None:
            values = [new[start:end] for start, end, _ in spans]
            found.update(zip(values, match.groups(), strict=True))
    return found


def _escaped_but(text: str, spans: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, pattern in spans:
        parts += [re.escape(text[done:start]), pattern]
        done = end
    return "".join([*parts, re.escape(text[done:])])


def published(picture: str, known: dict[str, str], moment: Moment) -> tuple[str, list[str]]:
    """A picture's markup with recorded values in place of volatile ones, and those not recorded.

    ``known`` comes from :func:`counterparts`.
    A volatile value that the picture's text form does not hold cannot be published the same on
    two days; it is listed in the second item.
    """
    spans = [(start, end, picture[start:end]) for start, end, _ in moment.values(picture)]
    unknown = [value for _, _, value in spans if value not in known]
    return _replaced(picture, [(s, e, known.get(v, v)) for s, e, v in spans]), unknown
