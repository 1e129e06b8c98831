"""The magics of a notebook: those that do something here, and those that do nothing.

``notebook_shell.py`` has what they do; a page is read with these names alone.
"""

import re

NOTHING = frozenset(
    (
        *("matplotlib", "pylab", "config", "xmode", "colors", "automagic", "autocall"),
        *("load_ext", "reload_ext", "unload_ext", "autoreload", "aimport", "pdb", "pprint"),
        *("pip", "conda", "mamba", "micromamba", "uv", "logstart", "logstop", "doctest_mode"),
        *("pinfo2", "psearch", "pdoc", "psource", "pfile", "pdef", "page", "history", "hist"),
        *("quickref", "lsmagic", "magic", "reset_selective", "rehashx", "watermark"),
    )
)
"""Magics that show nothing on a built page, or change what this tool does in its own way."""
INSTALLS = re.compile(r"\s*(\S*python\S* -m |\{sys\.executable\} -m )?(uv )?(pip|conda|mamba)3? ")
"""A command that would change the environment in which pages are checked."""
WITH_CODE = frozenset({"time", "timeit", "capture", "prun"})
"""Magics of a cell that run the rest of it as Python."""
LINE = frozenset(
    (
        *("time", "timeit", "prun", "pwd", "cd", "ls", "env", "set_env", "who", "who_ls", "whos"),
        *("run", "pinfo", "sx", "system", "precision"),
    )
)
CELL = frozenset(
    (
        *(*WITH_CODE, "writefile", "file", "bash", "sh", "script", "python", "python3"),
        *("html", "HTML", "svg", "SVG", "latex", "markdown", "javascript", "js"),
        *("system", "sx"),
    )
)
