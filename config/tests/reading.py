"""A page or a mail as somebody reads it: its words, without code, addresses and what is typed."""

import re
from html.parser import HTMLParser

HAN = r"[\u4e00-\u9fff]"
UNREAD = {"script", "style", "code", "pre"}
READ_OUT = {"alt", "title", "placeholder", "aria-label"}
INLINE = {"a", "abbr", "b", "em", "i", "small", "span", "strong", "time"}
# Classes that give what is inline a line, or room, of its own.
APART = {"address", "badge", "button"}
# Full-width punctuation and the sign of a day bring their own room along, and Chinese takes no punctuation of Latin.
STUMBLES = re.compile(rf"[^\n]*(?:[，。：；！？、）》”] +\S|\S +[（《]|日 +{HAN}|{HAN} *[,:;?!()])[^\n]*")


class Page(HTMLParser):
    """`lines` has each block of a page in a line; `words` also those that are read out instead of shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.skipped = ""
        self.shown: list[str] = []
        self.read_out: list[str] = []
        self.feed(html)
        self.close()
        self.lines = re.sub(" +", " ", "".join(self.shown))
        self.words = words("\n".join([self.lines, *self.read_out]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.skipped and tag in UNREAD:
            self.skipped = tag
        classes = (dict(attrs).get("class") or "").split()
        if tag not in INLINE or APART & set(classes):
            self.shown.append("\n")
        self.read_out += [value or "" for name, value in attrs if name in READ_OUT]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipped:
            self.skipped = ""
        if tag not in INLINE:
            self.shown.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.shown.append(re.sub(r"\s+", " ", data))


def words(text: str) -> set[str]:
    """What is written in Latin letters, but for addresses, paths and numbers of ours."""
    plain = re.sub(r"\S+@\S+|https?://\S+|/[\w./-]+|[A-Z0-9]{8}-\d{4}", "", text)
    return set(re.findall(r"[A-Za-z]{3,}", plain))


def stumbles(lines: str) -> list[str]:
    """Lines that are spaced or punctuated as in English, as when sentences are joined with a space."""
    return STUMBLES.findall(lines)
