"""Names of files are safe whatever a company calls itself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal import filenames

DAY = date(2027, 1, 15)


@pytest.mark.parametrize(
    ("company", "name"),
    [
        ("WeWork, Inc.", "20270115_WeWork, Inc_sale_online.pdf"),
        ("哈德逊果园", "20270115_哈德逊果园_sale_online.pdf"),
        ("../../etc/passwd", "20270115_etc passwd_sale_online.pdf"),
        ("///", "20270115_organization_sale_online.pdf"),
    ],
)
def test_a_companys_name_stands_in_it(company: str, name: str) -> None:
    assert filenames.of_sale(company, DAY) == name


@given(some.text(max_size=300))
def test_it_is_one_name_that_any_file_system_takes(company: str) -> None:
    name = filenames.of_sale(company, DAY, 2)
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert ".." not in name
    assert len(name.encode()) <= 255
