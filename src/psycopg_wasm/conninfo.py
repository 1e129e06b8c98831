"""``Conninfo``: connection strings, pairs of key and value or a URI, as libpq reads them."""

import os
import re
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from psycopg.errors import OperationalError
from psycopg.pq import ConninfoOption

KEYWORDS = """
    service user password passfile channel_binding connect_timeout dbname host hostaddr port
    client_encoding options application_name fallback_application_name keepalives keepalives_idle
    keepalives_interval keepalives_count tcp_user_timeout sslmode sslnegotiation sslcompression
    sslcert sslkey sslcertmode sslpassword sslrootcert sslcrl sslcrldir sslsni requirepeer
    require_auth min_protocol_version max_protocol_version ssl_min_protocol_version
    ssl_max_protocol_version gssencmode krbsrvname gsslib gssdelegation replication
    target_session_attrs load_balance_hosts scram_client_key scram_server_key oauth_issuer
    oauth_client_id oauth_client_secret oauth_scope sslkeylogfile
""".split()  # noqa: SIM905 - a list of them would be one word a line
"""What libpq 18 knows; most of it means nothing where there is no network."""
WITHOUT_VARIABLE = re.compile(
    r"fallback_.*|keepalives.*|tcp_.*|sslpassword|replication|scram_.*|oauth_.*|sslkeylogfile"
)
VARIABLES = {
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "dbname": "PGDATABASE",
}
"""The environment variables that are not called as their keywords are."""
COMPILED = {
    "channel_binding": b"prefer",
    "gssdelegation": b"0",
    "gssencmode": b"disable",
    "krbsrvname": b"postgres",
    "load_balance_hosts": b"disable",
    "options": b"",
    "port": b"5432",
    "ssl_min_protocol_version": b"TLSv1.2",
    "sslcompression": b"0",
    "sslmode": b"prefer",
    "sslnegotiation": b"postgres",
    "sslsni": b"1",
    "target_session_attrs": b"any",
}

PAIR = re.compile(
    rb"""\s* (?P<key>[^=\s]*) \s* (?P<equals>=?) \s*
    (?: '(?P<quoted>(?:\\.|[^'\\])*)' | (?P<open>') | (?P<plain>(?:\\.|[^\s\\])*) \\? )""",
    re.VERBOSE | re.DOTALL,
)
URI = re.compile(
    rb"""postgres(?:ql)?:// (?: (?P<user>[^@/:]*) (?: :(?P<password>[^@/]*) )? @ )?
    (?P<hosts>[^/?]*) (?: /(?P<dbname>[^?]*) )? (?: \?(?P<query>.*) )?""",
    re.VERBOSE | re.DOTALL,
)
HOST = re.compile(rb"(?:\[([^\]]+)\]|([^\[:]*))(?::(.*))?", re.DOTALL)
"""A host, in brackets or without, and its port."""


class Conninfo:
    """Connection strings."""

    @classmethod
    def get_defaults(cls) -> list[ConninfoOption]:
        """All options, with what the environment or libpq says of them."""
        return with_defaults(cls.parse(b""))

    @classmethod
    def parse(cls, conninfo: bytes) -> list[ConninfoOption]:
        """All options, with the values that a connection string gives.

        Raises OperationalError, with libpq's words, where it cannot be read.
        """
        if not isinstance(conninfo, bytes):
            raise TypeError(f"bytes expected, got {type(conninfo)} instead")
        conninfo = conninfo.partition(b"\0")[0]
        if conninfo.startswith((b"postgresql://", b"postgres://")):
            values = uri_values(conninfo)
        else:
            values = pair_values(conninfo)
        return [option(name, values.get(name)) for name in KEYWORDS]


def option(name: str, value: bytes | None) -> ConninfoOption:
    """An option; what libpq has for forms (its label, width and kind) is left out."""
    variable = VARIABLES.get(name, f"PG{name.upper().replace('_', '')}").encode()
    return ConninfoOption(
        name.encode(),
        None if WITHOUT_VARIABLE.fullmatch(name) else variable,
        COMPILED.get(name),
        value,
        b"",
        b"",
        0,
    )


def with_defaults(options: Sequence[ConninfoOption]) -> list[ConninfoOption]:
    """Options that were not given, from the environment, or as libpq has them by default."""
    found = []
    for each in options:
        value = each.val
        if value is None and each.envvar and each.envvar.decode() in os.environ:
            value = os.environ[each.envvar.decode()].encode()
        found.append(each._replace(val=each.compiled if value is None else value))
    return found


def refused(message: str) -> OperationalError:
    """The error of a connection string; libpq's messages end with a line break."""
    return OperationalError(f"{message}\n")


def text(data: bytes) -> str:
    """Part of a connection string, as messages show it."""
    return data.decode("utf-8", "replace")


def store(values: dict[str, bytes], name: bytes, value: bytes, unknown: str) -> None:
    """Keep a value, if its keyword is known."""
    keyword = text(name)
    if keyword not in KEYWORDS:
        raise refused(unknown.format(keyword))
    values[keyword] = value


def pair_values(conninfo: bytes) -> dict[str, bytes]:
    """The values of ``key=value key='a value'``."""
    values: dict[str, bytes] = {}
    rest = conninfo.strip()
    while rest:
        found = PAIR.match(rest)
        if found is None or not found["equals"]:
            key = text(found["key"] if found else rest)
            raise refused(f'missing "=" after "{key}" in connection info string')
        if found["open"]:
            raise refused("unterminated quoted string in connection info string")
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        plain = re.sub(rb"\\(.)", rb"\1", value, flags=re.DOTALL)
        store(values, found["key"], plain, 'invalid connection option "{}"')
        rest = rest[found.end() :].lstrip()
    return values


def uri_values(uri: bytes) -> dict[str, bytes]:
    """The values of ``postgresql://user:password@host:port/dbname?key=value``.

    There may be several hosts, each with its port: ``host:1,other:2``.
    """
    found = URI.fullmatch(uri)
    places = [HOST.fullmatch(place) for place in found["hosts"].split(b",")] if found else [None]
    if found is None or None in places:
        raise refused(f'invalid URI: "{text(uri)}"')
    given = {name: found[name] for name in ("user", "password", "dbname")}
    given["host"] = b",".join(place[1] or place[2] for place in places if place)
    given["port"] = b",".join(place[3] or b"" for place in places if place)
    values = {name: decoded(value) for name, value in given.items() if value}
    for pair in found["query"].split(b"&") if found["query"] else ():
        key, _, value = pair.partition(b"=")
        if pair.count(b"=") != 1:
            raise refused(f'invalid URI query parameter: "{text(pair)}"')
        name, value = decoded(key), decoded(value)
        if (name, value) == (b"ssl", b"true"):
            name, value = b"sslmode", b"require"
        store(values, name, value, 'invalid URI query parameter: "{}"')
    return values


def decoded(data: bytes) -> bytes:
    """Part of a URI, with its ``%xx`` replaced."""
    if re.search(rb"%(?![0-9A-Fa-f]{2})|%00", data):
        raise refused(f'invalid percent-encoded token: "{text(data)}"')
    return unquote_to_bytes(data)
