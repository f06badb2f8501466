"""The table of subscriptions. A price of 2000 cents a month; time begins on 1 January 2027, so a month has 31 days."""

from sandbox.tests.subscription_transitions.beginnings import BEGINNINGS
from sandbox.tests.subscription_transitions.changes import CHANGES
from sandbox.tests.subscription_transitions.ends import ENDS
from sandbox.tests.subscription_transitions.renewals import RENEWALS
from sandbox.tests.subscription_transitions.trial import TRIAL

__all__ = ["BEGINNINGS", "CHANGES", "ENDS", "RENEWALS", "TRIAL"]
