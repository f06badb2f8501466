"""A paper as a PDF: text only, drawn cell by cell from its facts. Nothing in it is read from files or the network but
our one font, and nothing that a customer wrote is interpreted.

The same facts give the same bytes: the date in it is the paper's, and fpdf2 derives the rest from the content.
"""

import unicodedata
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from fpdf import FPDF, XPos, YPos
from fpdf.enums import TextMode
from pylopdf_fonts_zh_cn import sans_path

from portal import agreement, wording, wrapping
from portal.models import Receipt

FONT = "noto"
MARGIN = 20.0  # millimetres, as all lengths here
INK, QUIET, RULE = (27, 32, 44), (98, 106, 122), (214, 218, 226)
LINE = 5.2
# What breaks lines, or turns the direction of text around.
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class Sheet(FPDF):
    """A letter-sized sheet with our font, and a foot on each page."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="letter")
        self.foot = foot
        self.add_font(FONT, fname=str(sans_path()))
        self.set_margins(MARGIN, 18, MARGIN)
        self.set_auto_page_break(True, margin=22)
        self.alias_nb_pages("{nb}")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.set_y(-13)
        self.write_text(self.foot, size=7.5, colour=QUIET, width=self.epw * 0.8, new_line=False)
        self.write_text(f"{self.page_no()}/{{nb}}", size=7.5, colour=QUIET, align="R", width=0)

    def write_text(
        self,
        text: str,
        *,
        size: float = 9.5,
        colour: tuple[int, int, int] = INK,
        width: float = 0,
        align: str = "L",
        bold: bool = False,
        new_line: bool = True,
    ) -> None:
        """Plain text, wrapped. The font has one weight; bold is drawn with an outline."""
        self.set_font(FONT, size=size)
        self.set_text_color(*colour)
        self.set_draw_color(*(colour if bold else RULE))
        with self.local_context(text_mode=TextMode.FILL_STROKE if bold else TextMode.FILL, line_width=0.12):
            self.multi_cell(
                width,
                size * LINE / 9.5,
                self._in_lines(clean(text), width),
                align=align,
                markdown=False,
                new_x=XPos.LMARGIN if new_line else XPos.RIGHT,
                new_y=YPos.NEXT if new_line else YPos.TOP,
            )

    def _in_lines(self, text: str, width: float) -> str:
        """The library breaks lines at spaces only, of which Chinese has none."""
        if not wrapping.has_chinese(text):
            return text
        room = (width or self.w - self.r_margin - self.x) - 2 * self.c_margin - 0.1
        return wrapping.wrap(text, room, self.get_string_width)

    def rule(self) -> None:
        self.ln(1.5)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(2.5)


def draw(receipt: Receipt) -> bytes:
    """The paper in the language in which it was issued."""
    with translation.override(receipt.language):
        words = wording.of(receipt)
        sheet = Sheet(f"{words.title} {receipt.number} · {words.seller[0]}".replace("  ", " "))
        sheet.set_creation_date(receipt.issued)
        sheet.set_title(clean(f"{words.title} {receipt.number}".strip()))
        sheet.set_author(clean(words.seller[0]))
        sheet.set_lang(receipt.language)
        sheet.add_page()
        _draw_head(sheet, words)
        _draw_parties(sheet, words)
        _draw_lines(sheet, words)
        _draw_notes(sheet, words)
        if words.agreement:
            _draw_agreement(sheet, words)
        return bytes(sheet.output())


def _draw_head(sheet: Sheet, words: wording.Words) -> None:
    sheet.write_text(words.seller[0], size=12, bold=True)
    sheet.ln(7)
    sheet.write_text(words.title, size=22, bold=True)
    sheet.ln(2)
    for name, value in words.heads:
        sheet.write_text(name, colour=QUIET, width=45, new_line=False)
        sheet.write_text(value)
    sheet.ln(5)


def _draw_parties(sheet: Sheet, words: wording.Words) -> None:
    """Two columns; the page goes on below the longer one."""
    top, half, bottoms = sheet.get_y(), sheet.epw / 2, []
    for column, (name, lines) in enumerate([(_("From"), words.seller), (_("To"), words.buyer)]):
        sheet.set_y(top)
        for text, look in [(name, {"colour": QUIET}), *((line, {}) for line in lines)]:
            sheet.set_x(MARGIN + column * half)
            sheet.write_text(text, width=half - 6, **look)  # type: ignore[arg-type]
        bottoms.append(sheet.get_y())
    sheet.set_y(max(bottoms) + 6)


def _draw_lines(sheet: Sheet, words: wording.Words) -> None:
    _draw_row(sheet, _("Description"), _("Amount"), colour=QUIET)
    sheet.rule()
    for text, amount in words.lines:
        _draw_row(sheet, text, amount)
    sheet.rule()
    for text, amount in words.sums:
        _draw_row(sheet, text, amount)
    _draw_row(sheet, *words.total, bold=True, size=12)
    sheet.ln(6)


def _draw_row(sheet: Sheet, text: str, amount: str, **look: Any) -> None:
    top = sheet.get_y()
    sheet.write_text(text, width=sheet.epw - 45, **look)
    bottom = sheet.get_y()
    if bottom < top:  # the text went on to the next page; the amount stands at its end
        top = bottom - LINE
    sheet.set_xy(MARGIN + sheet.epw - 45, top)
    sheet.write_text(amount, width=45, align="R", **look)
    sheet.set_y(max(bottom, sheet.get_y()) + 0.8)


def _draw_notes(sheet: Sheet, words: wording.Words) -> None:
    for note in words.notes:
        sheet.write_text(note, colour=QUIET)
        sheet.ln(1.5)


def _draw_agreement(sheet: Sheet, words: wording.Words) -> None:
    sheet.add_page()
    sheet.write_text(_("Service agreement"), size=16, bold=True)
    sheet.ln(3)
    for paragraph in words.agreement:
        heading = agreement.is_heading(paragraph)
        sheet.ln(2.5 if heading else 0)
        sheet.write_text(paragraph, size=9, bold=heading)
        sheet.ln(1)


def clean(text: str) -> str:
    """On one line, without signs that cannot be seen."""
    signs = (" " if unicodedata.category(sign) in UNPRINTABLE else sign for sign in text)
    return " ".join("".join(signs).split())
