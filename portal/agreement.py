"""The service agreement, as it is when somebody orders: its text is kept with each paper that shows it."""

from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from billing.catalogue import Plan

# Change it together with the text, so that one can tell which was agreed on.
VERSION = "2026-11"


def text(facts: Mapping[str, object]) -> list[str]:
    """Its paragraphs and headings, in the active language. `facts`: its seller, buyer and plan, as on papers."""
    written = render_to_string("portal/agreement.txt", {"version": VERSION, **facts})
    return [" ".join(paragraph.split()) for paragraph in written.split("\n\n") if paragraph.strip()]


def before_order(plan: Plan) -> list[str]:
    """As it can be read before anybody has said who they are."""
    facts = {"seller": settings.SELLER, "buyer": {"company": _("your organization")}, "plan": plan.label}
    return text(facts)


def is_heading(paragraph: str) -> bool:
    """Its headings are numbered."""
    return paragraph[:1].isdigit()
