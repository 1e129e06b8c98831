"""Read a schema from the metadata and the mappers, to show it as a diagram.

No database is asked, and what is returned holds names alone, neither tables nor classes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Column, Computed, ForeignKey, Identity, MetaData, Table, UniqueConstraint
from sqlalchemy import inspect as inspected
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapper, RelationshipDirection, RelationshipProperty, registry

from .er_diagram import Association, ColumnBox, Reference, SchemaDiagram, TableBox
from .markup import printable

Pairs = Sequence[tuple[Column[Any], Column[Any]]]  # a foreign key's columns: child's, parent's
Key = frozenset[tuple[Column[Any], Column[Any]]]


def schema_diagram(target: object, *more: object) -> SchemaDiagram:
    """Show tables, their columns, their foreign keys, and the relationships of their classes.

    Each of ``target`` and ``more`` is a declarative base, a MetaData, a registry, a Table or a
    mapped class. Mappers are configured first, so that their relationships are known; of a
    MetaData or a Table the classes are not known. A table that links two of the classes, many to
    many, comes along.

    In the text, each foreign key has a line below the tables: its columns, how many rows are at
    either end, and the relationship attributes of both sides. Names are cut at 40 characters,
    types at 24, comments at 60.

    Raises TypeError for anything else, and ValueError when the mappers cannot be configured.
    """
    reader = _Reader()
    for each in (target, *more):
        reader.collect(each)
    reader.collect_secondaries()
    return reader.read()


@dataclass
class _Reader:
    """Tables with their numbers, mappers in their order, and what was read of them."""

    tables: dict[Table, int] = field(default_factory=dict)
    mappers: dict[Mapper[Any], None] = field(default_factory=dict)
    references: dict[Key, Reference] = field(default_factory=dict)
    associations: dict[tuple[Key, Key], Association] = field(default_factory=dict)

    def collect(self, target: object) -> None:
        """Add the tables and mappers that one argument means."""
        if isinstance(target, Table):
            self._add_tables([target])
        elif isinstance(target, MetaData):
            self._add_tables(target.tables.values())
        elif (mapper := _mapper(target)) is not None:
            _configure(mapper.registry)
            self._add_mappers(mapper.iterate_to_root())
        elif (mapped := _registry(target)) is not None:
            _configure(mapped)
            self._add_tables(getattr(target, "metadata", mapped.metadata).tables.values())
            self._add_mappers(mapped.mappers)
        else:
            raise TypeError(
                "schema_diagram() draws a declarative base, a MetaData, a registry, a Table or "
                f"mapped classes, not {_described(target)}"
            )

    def collect_secondaries(self) -> None:
        """Add the tables between two of the classes, many to many."""
        for mapper in self.mappers:
            for prop in _relationships(mapper):
                if isinstance(prop.secondary, Table) and prop.mapper in self.mappers:
                    self._add_tables([prop.secondary])

    def read(self) -> SchemaDiagram:
        """What the tables and the mappers say."""
        for table in self.tables:
            for pairs in _foreign_keys(table):
                self._refer(pairs, constraint=True)
        for mapper in self.mappers:
            for prop in _relationships(mapper):
                self._relate(prop, f"{_plain(mapper.class_.__name__)}.{_plain(prop.key)}")
        return SchemaDiagram(
            tuple(self._table(table) for table in self.tables),
            tuple(self.references.values()),
            tuple(self.associations.values()),
        )

    def _add_tables(self, tables: Iterable[Table]) -> None:
        for table in tables:
            self.tables.setdefault(table, len(self.tables))

    def _add_mappers(self, mappers: Iterable[Mapper[Any]]) -> None:
        for mapper in sorted(mappers, key=_rank):
            self.mappers[mapper] = None
            self._add_tables(table for table in mapper.tables if isinstance(table, Table))

    def _table(self, table: Table) -> TableBox:
        uniques = _uniques(table)
        several = [[_plain(each.name) for each in unique] for unique in uniques if len(unique) > 1]
        classes = [mapper.class_ for mapper in self.mappers if mapper.local_table is table]
        return TableBox(
            name=_plain(table.fullname),
            classes=tuple(_plain(mapped.__name__) for mapped in classes),
            columns=tuple(_column(column, [column] in uniques) for column in table.columns),
            uniques=tuple(f"UNIQUE ({', '.join(names)})" for names in several),
            comment=_plain(table.comment or ""),
        )

    def _refer(self, pairs: Pairs, *, constraint: bool) -> Key | None:
        """Note that these columns refer to each other; None when no line can show it."""
        key = frozenset(pairs)
        children = {child.table for child, _ in pairs}
        parents = {parent.table for _, parent in pairs}
        if len(children) != 1 or len(parents) != 1 or not self.tables.keys() >= children | parents:
            return None
        if key not in self.references:
            columns = [child for child, _ in pairs]
            keys = [[*columns[0].table.primary_key], *_uniques(columns[0].table)]
            self.references[key] = Reference(
                child=self.tables[columns[0].table],
                rows=tuple(map(_row, columns)),
                parent=self.tables[pairs[0][1].table],
                parent_rows=tuple(_row(parent) for _, parent in pairs),
                many=not any(key and set(columns).issuperset(key) for key in keys),
                optional=any(column.nullable for column in columns),
                constraint=constraint,
            )
        return key

    def _relate(self, prop: RelationshipProperty[Any], name: str) -> None:
        """Write a relationship's name beside the foreign key that it follows."""
        key = self._refer(_synchronized(prop.synchronize_pairs), constraint=False)
        if key is None:
            return
        if prop.secondary is not None:
            self._associate(prop, name, key)
        parents = prop.direction is not RelationshipDirection.MANYTOONE
        self.references[key] = _named(self.references[key], parents, name)

    def _associate(self, prop: RelationshipProperty[Any], name: str, near: Key) -> None:
        """Note a relationship that goes over a secondary table, once for both directions."""
        far = self._refer(_synchronized(prop.secondary_synchronize_pairs or []), constraint=False)
        if far is None:
            return
        seen = (far, near) in self.associations
        pair = (far, near) if seen else (near, far)
        left, right = (self.references[key].parent for key in pair)
        new = Association(left, right, secondary=self.references[near].child)
        self.associations[pair] = _named(self.associations.get(pair, new), seen, name)


def _mapper(target: object) -> Mapper[Any] | None:
    """The mapper of a mapped class, or the mapper itself."""
    found = inspected(target, raiseerr=False) if isinstance(target, type | Mapper) else None
    return found if isinstance(found, Mapper) else None


def _registry(target: object) -> registry | None:
    """The registry itself, or that of a declarative base."""
    found = getattr(target, "registry", None) if isinstance(target, type) else target
    return found if isinstance(found, registry) else None


def _described(target: object) -> str:
    """What was given, for a message."""
    if isinstance(target, type):
        return f"{target.__name__}, a class that is not mapped"
    if _mapper(type(target)) is not None:
        return f"an object of a mapped class; give the class, {type(target).__name__}"
    return "None" if target is None else f"an object of type {type(target).__name__}"


def _configure(mapped: registry) -> None:
    """Let the mappers find their relationships; lambdas in them may raise anything."""
    try:
        mapped.configure(cascade=True)
    except Exception as error:
        raise ValueError(f"the mappers cannot be configured: {error}") from error


def _rank(mapper: Mapper[Any]) -> tuple[int, str, str]:
    """An order that is the same in each run, as a registry's mappers are a set: bases first."""
    mapped = mapper.class_
    return len(list(mapper.iterate_to_root())), mapped.__module__, mapped.__qualname__


def _relationships(mapper: Mapper[Any]) -> list[RelationshipProperty[Any]]:
    """The relationships that a class has itself, without those of the classes above it."""
    own = [prop for prop in mapper.relationships if prop.parent is mapper]
    return sorted(own, key=lambda prop: prop.key)


def _foreign_keys(table: Table) -> list[Pairs]:
    """The columns of a table's foreign keys, in the order of the table."""

    def places(pairs: Pairs) -> list[tuple[int, str, int]]:
        return [(_row(child), parent.table.fullname, _row(parent)) for child, parent in pairs]

    keys = [
        [(key.parent, parent) for key in each.elements if (parent := _referred(key)) is not None]
        for each in table.foreign_key_constraints
    ]
    return sorted(filter(None, keys), key=places)


def _referred(key: ForeignKey) -> Column[Any] | None:
    """The column that a foreign key names; None where its table is not in the metadata."""
    try:
        return key.column
    except InvalidRequestError:
        return None


def _synchronized(pairs: Iterable[tuple[Any, Any]]) -> Pairs:
    """The columns of a relationship as (child, parent); those of a query are left out."""
    return [
        (child, parent)
        for parent, child in pairs
        if isinstance(child.table, Table) and isinstance(parent.table, Table)
    ]


def _row(column: Column[Any]) -> int:
    """The place of a column in its table."""
    return [each is column for each in column.table.columns].index(True)


def _uniques(table: Table) -> list[list[Column[Any]]]:
    """The sets of columns that are unique, by constraint or by index, in the table's order."""
    rules = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    found = [list(rule.columns) for rule in rules]
    for index in table.indexes:
        partial = any(option.endswith("_where") for option in index.dialect_kwargs)
        if index.unique and not partial and len(index.columns) == len(index.expressions):
            found.append(list(index.columns))
    places = sorted({tuple(sorted(_row(column) for column in unique)) for unique in found})
    columns = list(table.columns)
    return [[columns[place] for place in unique] for unique in places if unique]


def _column(column: Column[Any], unique: bool) -> ColumnBox:
    default = column.server_default
    marks = {
        "PK": column.primary_key,
        "NOT NULL": not column.nullable and not column.primary_key,
        "UNIQUE": unique,
        "IDENTITY": column.identity is not None,
        "COMPUTED": column.computed is not None,
        "DEFAULT": default is not None and not isinstance(default, Computed | Identity),
        "FK": bool(column.foreign_keys),
    }
    return ColumnBox(
        name=_plain(column.name),
        type=_type(column),
        marks=tuple(mark for mark, holds in marks.items() if holds),
        references=tuple(sorted(_target(key) for key in column.foreign_keys)),
        comment=_plain(column.comment or ""),
    )


def _type(column: Column[Any]) -> str:
    """The type in the words of the default dialect; one that has no words there, by its class."""
    try:
        return _plain(str(column.type))
    except Exception:
        return type(column.type).__name__


def _target(key: ForeignKey) -> str:
    """The table and the column that a foreign key names, shown in this diagram or not."""
    found = _referred(key)
    return _plain(key.target_fullname if found is None else f"{found.table.fullname}.{found.name}")


def _named(joined: Any, second: bool, name: str) -> Any:
    """Add a relationship attribute on the first or the second side."""
    sides = list(joined.attributes)
    sides[second] = tuple(sorted({*sides[second], name}))
    return replace(joined, attributes=tuple(sides))


def _plain(text: str) -> str:
    """Text on one line, in which every character can be seen."""
    return printable(" ".join(str(text).split()))
