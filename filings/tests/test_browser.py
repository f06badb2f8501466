"""The pages in a real browser: the chart answers, the sample runs, menus close, and a phone shows all of it."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(page, live_server, signed_in):
    """Opens a path, as somebody if one is named."""

    def open_page(path: str, user=None):
        if user:
            session = signed_in(user).cookies["sessionid"].value
            page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return open_page


def test_a_form_is_hidden_and_shown_again_without_a_new_page(visit, alice, quarters):
    page = visit("/filings/trends/?years=all", alice)
    bar = page.locator('.bar[data-form="10-K"]').first
    assert float(bar.get_attribute("height")) > 0
    page.locator(".legend-entry").first.click()
    assert float(bar.get_attribute("height")) == 0
    page.locator(".legend-entry").first.click()
    assert float(bar.get_attribute("height")) > 0
    assert not page.complaints


def test_the_script_draws_what_the_server_drew(visit, alice, all_filings):
    page = visit("/filings/trends/", alice)
    drawn = [page.locator(".bar").nth(n).get_attribute("y") for n in range(page.locator(".bar").count())]
    source = page.request.get(page.url).text()
    for bar in drawn:
        assert any(abs(float(bar) - float(y)) < 0.02 for y in _ys(source)), bar
    assert not page.complaints


def _ys(source: str) -> list[str]:
    return [part.split('" y="')[1].split('"')[0] for part in source.split('class="bar')[1:]]


def test_a_quarter_s_numbers_appear_at_the_pointer_and_under_the_arrow_keys(visit, alice, all_filings):
    page = visit("/filings/trends/", alice)
    reading = page.locator(".chart-reading")
    page.locator(".column").nth(1).locator(".slot").hover()
    assert reading.inner_text().split("\n")[:2] == ["2026 Q1", "2"]
    page.mouse.move(0, 0)
    assert reading.is_hidden()
    page.locator(".chart").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert reading.inner_text().split("\n")[:2] == ["2025 Q1", "1"]
    page.keyboard.press("Escape")
    assert reading.is_hidden()
    assert not page.complaints


def test_the_sample_is_run_from_the_home_page(visit, all_filings):
    page = visit("/")
    page.locator("[data-runs]").click()
    page.get_by_text("HTTP 200").wait_for()
    expect(page.locator("#answer-status")).to_contain_text("9 left in this window", use_inner_text=True)
    assert not page.complaints


def test_the_account_menu_closes_with_escape_and_with_a_click_beside_it(visit, alice):
    page = visit("/terms/", alice)
    entry = page.get_by_role("button", name="Sign out")
    page.locator(".account-name").click()
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    assert entry.is_hidden()
    page.locator(".account-name").click()
    page.get_by_role("heading", name="Terms").click()
    assert entry.is_hidden()
    assert not page.complaints


@pytest.mark.parametrize(
    "path", ["/", "/filings/", "/filings/0000000111-26-000001/", "/filings/trends/", "/terms/"]
)
@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_the_window(visit, page, alice, all_filings, annual_before, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    visit(path, alice)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.complaints


def test_a_phone_s_list_names_what_each_value_is(visit, page, all_filings):
    page.set_viewport_size({"width": 390, "height": 800})
    visit("/filings/?company=steel")
    label = page.locator("td[data-label=Filed]").first
    assert label.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Filed"'
    assert page.locator("thead").first.bounding_box()["height"] <= 1
