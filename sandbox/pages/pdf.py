"""A small PDF writer: text and lines on A4, in the reader's own Helvetica. Letters outside Western European become "?".

Places are in points from the top left corner; a page is 595 by 842.
"""

from __future__ import annotations

WIDTH, HEIGHT = 595, 842
# Widths of the letters from space to tilde, in thousandths of the size. Digits are as wide in bold.
WIDTHS = tuple(
    map(
        int,
        """
        278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556
        278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667
        611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833
        556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584
        """.split(),  # noqa: SIM905
    )
)


def width_of(text: str, size: float) -> float:
    """How wide a text is in points."""
    return sum(WIDTHS[ord(c) - 32] if " " <= c <= "~" else 556 for c in text) * size / 1000


def fit(text: str, size: float, width: float) -> str:
    """The text, cut with dots if it is wider."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "...", size) > width:
        text = text[:-1]
    return text.rstrip() + "..."


class Document:
    """`text` and `line` write on the page that was begun last."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._pages: list[list[bytes]] = []
        self.begin_page()

    def begin_page(self) -> None:
        self._pages.append([])

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 10,
        bold: bool = False,
        right: bool = False,
        grey: float = 0,
    ) -> None:
        """A line of text with its foot at `y`; `right` ends it at `x`; `grey` from 0 (black) to 1."""
        left = x - width_of(text, size) if right else x
        font = b"F2" if bold else b"F1"
        self._pages[-1].append(
            b"BT %.2f g /%b %.1f Tf %.2f %.2f Td %b Tj ET"
            % (grey, font, size, left, HEIGHT - y, _string(text))
        )

    def line(self, x1: float, x2: float, y: float, *, grey: float = 0.75) -> None:
        """A thin horizontal line."""
        self._pages[-1].append(
            b"%.2f G 0.7 w %.2f %.2f m %.2f %.2f l S" % (grey, x1, HEIGHT - y, x2, HEIGHT - y)
        )

    def to_bytes(self) -> bytes:
        """The file."""
        count = len(self._pages)
        kids = b" ".join(b"%d 0 R" % (6 + 2 * number) for number in range(count))
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            b"<< /Title %b /Producer %b >>"
            % (_string(self._title), _string("Sandbox, a test double of Stripe")),
        ]
        for number, drawn in enumerate(self._pages):
            content = b"\n".join(drawn)
            objects.append(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
                b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (WIDTH, HEIGHT, 7 + 2 * number)
            )
            objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
        return _assemble(objects)


def _assemble(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table that says where each begins."""
    parts, offsets, length = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], [], 15
    for number, body in enumerate(objects, 1):
        offsets.append(length)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        length += len(parts[-1])
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, entries))
    parts.append(
        b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, length)
    )
    return b"".join(parts)


def _string(text: str) -> bytes:
    """A text as a PDF string in WinAnsi, which is Windows' code page 1252."""
    raw = text.replace("−", "-").encode("cp1252", "replace")
    return (
        b"("
        + raw.replace(b"\\", b"\\\\")
        .replace(b"(", b"\\(")
        .replace(b")", b"\\)")
        .replace(b"\r", b" ")
        .replace(b"\n", b" ")
        + b")"
    )
