"""Names of files that bear a company's name, such as `20270115_Hudson Orchards_sale_online.pdf`."""

import re
from datetime import date

LONGEST = 60  # a sign takes up to three bytes, and a name of a file has 255
# Letters and digits of any language, and what is harmless between them. No slash, no colon, no quote.
UNSAFE = re.compile(r"[^\w ,.&()-]+")


def of_sale(company: str, day: date, number: int = 1) -> str:
    """The name of a sale's order form. `number`: which of that company and day it is."""
    again = f"-{number}" if number > 1 else ""
    return f"{day:%Y%m%d}_{safe(company)}{again}_sale_online.pdf"


def safe(text: str) -> str:
    """As much of a name as any file system, and any address, takes."""
    kept = " ".join(UNSAFE.sub(" ", text).split()).replace("..", ".")
    return kept[:LONGEST].strip(" .-") or "organization"
