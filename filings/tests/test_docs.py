"""docs/your-own-product.md shows the lines that this app really has."""

import pytest
from django.conf import settings

DOCS = "docs/your-own-product.md"


def read(path: str) -> str:
    return (settings.BASE_DIR / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('@feature_required("charts", template="filings/trends_gate.html")', "filings/views.py"),
        ('permission_classes = [feature_required("charts")]', "filings/api.py"),
        ("throttle_classes = [TierThrottle]", "filings/api.py"),
        ('{% gate "premium" %}', "templates/filings/figures.html"),
    ],
)
def test_each_gating_line_of_the_docs_is_in_the_code(line, path):
    assert line in read(DOCS)
    assert line in read(path)


@pytest.mark.parametrize("name", ["search.py", "pages.py", "export.py", "templatetags/filings.py"])
def test_each_file_that_the_docs_name_exists(name):
    assert name in read(DOCS)
    assert (settings.BASE_DIR / "filings" / name).exists()
