"""SQL by clause: how a page breaks a logged statement into lines. Nothing but its blanks changes.

The standard library only: this module also travels into the browser.
"""

import re
from collections.abc import Iterator, Sequence

STATEMENT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\s(?!.*(--|/\*))", re.DOTALL)
"""What is laid out: DDL has lines of its own, and a comment may depend on where its line ends."""
WORD = re.compile(r"%\(\w+\)s[^\s,()]*|'(?:[^']|'')*'|\"[^\"]*\"|[(),]|[^\s(),'\"]+|\S")
"""A parameter of PostgreSQL's drivers, a string, a name in quotes, a sign, or any other word."""
CLAUSE = re.compile(
    r"(SELECT|FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|SET|VALUES|RETURNING"
    r"|UNION|EXCEPT|INTERSECT|FOR (UPDATE|SHARE|NO|KEY)|ON (CONFLICT|DUPLICATE)"
    r"|((NATURAL|LEFT|RIGHT|FULL|INNER|CROSS|OUTER) )*JOIN)\b"
)
"""The words that begin a line, in capitals: names of columns and tables are not."""
PHRASES = {
    *("DELETE FROM", "DISTINCT FROM", "UPDATE SET", "DEFAULT VALUES"),
    *(f"{word} JOIN" for word in ("NATURAL", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "OUTER")),
    *(f"{word} OUTER" for word in ("NATURAL", "LEFT", "RIGHT", "FULL")),
}
"""Two words of which the second begins no line."""
INDENT = "    "
WIDTH = 72


def laid_out(text: str) -> str:
    r"""A statement in one line where it fits, else with a line for each clause.

    Lists that are too long for a line go on in the next.

    >>> laid_out("SELECT a.id \nFROM a")
    'SELECT a.id FROM a'
    >>> text = "SELECT a.id, a.name FROM a JOIN b ON a.id = b.a WHERE b.c IN (SELECT 1 \nFROM d)"
    >>> print(laid_out(text))
    SELECT a.id, a.name
    FROM a
    JOIN b ON a.id = b.a
    WHERE b.c IN (
        SELECT 1
        FROM d
    )
    """
    if not STATEMENT.match(text):
        return text
    words = WORD.finditer(text)
    line = "".join(" " * text[: word.start()][-1:].isspace() + word[0] for word in words)
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return "\n".join(line for words in _lines(text) for line in _filled(words))


def _lines(text: str) -> Iterator[list[str]]:
    """The words of each line, with the blanks before them; the first is the line's indent."""
    words = [*WORD.finditer(text)]
    names = [word[0] for word in words]
    queries: list[bool] = []  # of the open brackets, which hold a query
    line = [""]
    for number, word in enumerate(words):
        is_end = word[0] == ")" and bool(queries) and queries.pop()
        if is_end or ((not queries or queries[-1]) and _begins_line(names, number)):
            if len(line) > 1:
                yield line
            line = [INDENT * sum(queries)]
        blank = " " if len(line) > 1 and text[word.start() - 1].isspace() else ""
        line.append(blank + word[0])
        if word[0] == "(":
            queries.append(names[number + 1 : number + 2] in (["SELECT"], ["WITH"]))
    yield line


def _begins_line(names: Sequence[str], number: int) -> bool:
    before = names[number - 1] if number else ""
    ahead = " ".join(names[number : number + 3])
    return bool(CLAUSE.match(ahead)) and f"{before} {names[number]}" not in PHRASES


def _filled(words: Sequence[str]) -> Iterator[str]:
    """A line, or the lines of one that is too long, broken behind commas and before AND and OR."""
    indent, *rest = words
    line = indent
    for part in _parts(rest):
        if line.strip() and len(line) + len(part) > WIDTH:
            yield line
            line = indent + INDENT + part.lstrip()
        else:
            line += part
    yield line


def _parts(words: Sequence[str]) -> Iterator[str]:
    """The pieces between which a line may be broken."""
    part = ""
    for word in words:
        if word in (" AND", " OR"):
            yield part
            part = ""
        part += word
        if word == ",":
            yield part
            part = ""
    yield part
