"""Imported by a process that forks: what libraries compute once, and each fork would again."""

from nbformat.v4 import new_notebook
from pygments.lexers import PythonLexer

new_notebook()  # compiles the schema of notebooks
list(PythonLexer().get_tokens("print('a')"))  # compiles its regular expressions
