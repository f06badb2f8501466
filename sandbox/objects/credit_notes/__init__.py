"""Credit notes: what is taken back of an invoice that is final. https://docs.stripe.com/api/credit_notes"""

from sandbox.objects.credit_notes import operations
from sandbox.objects.credit_notes.issue import issue

__all__ = ["issue", "operations"]
