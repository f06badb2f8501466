"""Docstrings that readers of the API's description see: those of endpoints and serializers. They are its words, so they
are taken up for translation like any marked string (`config.translations`), and shown in the reader's language.
"""

import ast
import re
from collections.abc import Iterator

from django.utils.translation import gettext

SERIALIZER = re.compile(r"(Serializer|Shape)$")
# Some say only what fields there are: `{name?, email?}`.
NO_WORDS = re.compile(r"`[^`]*`")


def in_words(docstring: str) -> str:
    """In the present language."""
    text = unwrap(docstring)
    return text if not text or NO_WORDS.fullmatch(text) else gettext(text)


def unwrap(docstring: str) -> str:
    """A line for each paragraph, however the source breaks them, so that a translation outlives it."""
    paragraphs = re.split(r"\n\s*\n", docstring.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def shown(source: str) -> Iterator[str]:
    """Those of a module that the description shows, as they are translated."""
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.ClassDef) and _is_shown(node)) or _is_described(node):
            text = unwrap(ast.get_docstring(node) or "")  # type: ignore[arg-type]
            if text and not NO_WORDS.fullmatch(text):
                yield text


def _is_shown(node: ast.ClassDef) -> bool:
    """A serializer, or an endpoint of which a method has nothing to say of its own."""
    silent = any(_is_described(method) and not ast.get_docstring(method) for method in node.body)  # type: ignore[arg-type]
    return silent or any(SERIALIZER.search(ast.unparse(base).partition("[")[0]) for base in node.bases)


def _is_described(node: ast.AST) -> bool:
    """Whether `config.description.describe` stands above it."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("describe")
        for mark in node.decorator_list
    )
