"""Where lines of Chinese break: between any two signs, but not before a comma; words in Latin letters stay whole."""

import re
from collections.abc import Callable

# A Chinese sign with what may not begin a line after it, and with what may not end one before it; or a word.
PIECE = re.compile(
    r"[“‘（《【]*[\u2e80-\u2fff\u3041-\u9fff\uf900-\ufaff][，。、；：？！”’）》】…]*"
    r"|[^\s\u2e80-\u2fff\u3041-\u9fff\uf900-\ufaff]+"
    r"|\s+"
)


def has_chinese(text: str) -> bool:
    """Whether there is a sign around which a line may break without a space."""
    return re.search(r"[\u3041-\u9fff]", text) is not None


def wrap(text: str, width: float, measure: Callable[[str], float]) -> str:
    """The text in lines that are no wider than `width`, in the units of `measure`; a word that is wider has its own."""
    lines, line = [], ""
    for piece in PIECE.findall(text):
        if line and measure(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return "\n".join([*lines, line.rstrip()])
