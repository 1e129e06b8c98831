"""Run all scenarios with libpq, or with psycopg_wasm over a server's socket; prints JSON.

python run_scenarios.py libpq|socket FOLDER_OF_THE_SOCKET
"""

from __future__ import annotations

import sys
from pathlib import Path

OPTIONS = "user=postgres dbname=postgres options='-c search_path=public -c statement_timeout=60000'"

if __name__ == "__main__":
    which, folder = sys.argv[1:]
    if which == "socket":
        from socket_carrier import SocketCarrier

        import psycopg_wasm

        psycopg_wasm.install(SocketCarrier(Path(folder)))
    from scenarios import outcomes

    print(outcomes(f"{OPTIONS} host={folder}"))  # noqa: T201
