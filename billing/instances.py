"""The nine machine types that the product begins with. From then on they are rows, edited in the admin."""

from typing import Any

from django.utils.translation import gettext_noop as _

from billing.models import InstanceType

FIELDS = ("key", "name", "display_name", "vcpu", "memory_gib", "gpu", "amount")
NINE: tuple[tuple[str, str, str, int, int, str, int], ...] = (
    ("cpu-1x4", "1x4", _("Small"), 1, 4, "", 3000),
    ("cpu-2x8", "2x8", _("Medium"), 2, 8, "", 6000),
    ("cpu-4x16", "4x16", _("Large"), 4, 16, "", 12000),
    ("cpu-8x32", "8x32", _("Extra large"), 8, 32, "", 24000),
    ("cpu-16x64", "16x64", _("Double extra large"), 16, 64, "", 48000),
    ("t4", "T4:4x16", "NVIDIA T4", 4, 16, "T4", 45000),
    ("a10g", "A10G:4x16", "NVIDIA A10G", 4, 16, "A10G", 85000),
    ("v100", "V100:8x61", "NVIDIA V100", 8, 61, "V100", 220000),
    ("a100", "A100:12x144", "NVIDIA A100", 12, 144, "A100", 430000),
)


def stock(model: Any = InstanceType) -> None:
    """Make those that are not there; what somebody edited stays. A migration passes the model as it is there."""
    rows = [model(**dict(zip(FIELDS, row, strict=True))) for row in NINE]
    model.objects.bulk_create(rows, ignore_conflicts=True)
