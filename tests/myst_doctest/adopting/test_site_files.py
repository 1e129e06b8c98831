"""What adoption changes in ``conf.py`` and in a Jupyter Book's ``_config.yml``."""

from __future__ import annotations

import pytest

from myst_doctest.adopting.site_files import SiteFileError, book_config, conf_py

LIST = 'extensions = [\n    "myst_nb",  # cells\n]\n'
NAMED = "extensions = ['myst_nb', 'myst_doctest']\n"
NAMED = "extensions = ['myst_nb', 'myst_doctest']\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIST, LIST.replace('"myst_nb"', '"myst_nb",\n    "myst_doctest"')),
        ("extensions = ['myst_nb']\n", "extensions = ['myst_nb', \"myst_doctest\"]\n"),
        (NAMED, NAMED),
        (
            f"{NAMED}nb_execution_allow_errors = True\n",
            f"{NAMED}nb_execution_allow_errors = False\n",
        ),
        (
            'extensions = ["myst_nb", "myst_doctest"]\nnb_execution_mode = "cache"  # é\n',
            'extensions = ["myst_nb", "myst_doctest"]\nnb_execution_mode = "off"  # é\n',
        ),
        (
            'extensions = ["myst_nb"]\nextensions += more()\n',
            (
                'extensions = ["myst_nb"]\nextensions += more()\n\n'
                'extensions = [*extensions, "myst_doctest"]\n'
            ),
        ),
        (
            'extensions = ["myst_doctest"]\nif x:\n    nb_execution_mode = "auto"',
            (
                'extensions = ["myst_doctest"]\nif x:\n    nb_execution_mode = "auto"\n\n'
                'nb_execution_mode = "off"\n'
            ),
        ),
        (
            '# "myst_doctest"\r\nextensions = []\r\n',
            '# "myst_doctest"\r\nextensions = ["myst_doctest"]\r\n',
        ),
    ],
)
def test_conf_py(before: str, after: str) -> None:
    """The extension is named, nobody else runs the cells, and all else stays; once is enough."""
    assert conf_py(before) == after
    assert conf_py(after) == after


def test_conf_py_that_is_no_python() -> None:
    """Its line is named."""
    with pytest.raises(SiteFileError, match=r"conf\.py:2"):
        conf_py("x = 1\n)\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            (
                "title: x  # é\nexecute:\n  execute_notebooks: cache  # why\n  timeout: 9\n"
                "sphinx:\n    extra_extensions:\n    - sphinx.ext.todo\n"
            ),
            (
                'title: x  # é\nexecute:\n  execute_notebooks: "off"  # why\n  timeout: 9\n'
                "sphinx:\n    extra_extensions:\n    - myst_doctest\n    - sphinx.ext.todo\n"
            ),
        ),
        (
            (
                "execute:\n  execute_notebooks: off\n  allow_errors: true\n"
                "sphinx:\n  extra_extensions: [myst_doctest]\n"
            ),
            (
                "execute:\n  execute_notebooks: off\n  allow_errors: false\n"
                "sphinx:\n  extra_extensions: [myst_doctest]\n"
            ),
        ),
        (
            "execute:\n    timeout: 9\nsphinx:\n  extra_extensions: [a, b]\n",
            (
                'execute:\n    execute_notebooks: "off"\n    timeout: 9\n'
                "sphinx:\n  extra_extensions: [a, b, myst_doctest]\n"
            ),
        ),
        (
            "title: x\n",
            (
                'title: x\n\nexecute:\n  execute_notebooks: "off"\n'
                "\nsphinx:\n  extra_extensions:\n    - myst_doctest\n"
            ),
        ),
        (
            "execute:\n  execute_notebooks: off\nsphinx:\n  config:\n    a: b\n",
            (
                "execute:\n  execute_notebooks: off\n"
                "sphinx:\n  extra_extensions:\n    - myst_doctest\n  config:\n    a: b\n"
            ),
        ),
    ],
)
def test_book_config(before: str, after: str) -> None:
    """The same of a Jupyter Book."""
    assert book_config(before) == after
    assert book_config(after) == after


def test_book_config_that_cannot_be_changed() -> None:
    """A list over several lines is left to the author, who hears what to write."""
    with pytest.raises(SiteFileError, match="add myst_doctest to extra_extensions"):
        book_config("sphinx:\n  extra_extensions: [a,\n    b]\n")
    with pytest.raises(SiteFileError, match=r"_config\.yml:3: no YAML"):
        book_config("a: b\nc: [\n")
