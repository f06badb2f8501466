"""The service agreement, as it is when somebody orders: its text is kept with each paper that shows it."""

from django.template.loader import render_to_string

from portal.models import Sale

# Change it together with the text, so that one can tell which was agreed on.
VERSION = "2026-11"


def text(sale: Sale, facts: dict[str, object]) -> list[str]:
    """Its paragraphs, headings among them, in the active language."""
    written = render_to_string("portal/agreement.txt", {"sale": sale, "version": VERSION, **facts})
    return [" ".join(paragraph.split()) for paragraph in written.split("\n\n") if paragraph.strip()]
