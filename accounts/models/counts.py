"""What is remembered of requests: how many there were, and what writing ones were answered."""

from django.db import models
from django.utils import timezone

from accounts.models.people import Organization


class UsageCounter(models.Model):
    """How often a subject did something in one UTC window. Written by `accounts.usage`, in one statement."""

    subject = models.CharField(max_length=100)
    window_start = models.DateTimeField(db_index=True)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "window_start"], name="one_counter_per_window")
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.count}"


class StoredAnswer(models.Model):
    """What a request with an `Idempotency-Key` was answered; without a status while it is still being answered.

    The client's key is here as a hash, and the answer is sealed with it (see `accounts.idempotency`): it may hold what
    rows must not, such as a client secret.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    began = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    sealed = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key_hash"], name="one_answer_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.status or 'in use'}"
