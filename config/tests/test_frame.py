"""The frame of every page: header, footer, language, the pages of problems, and what no template may hold."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.views.generic import TemplateView

TEMPLATES = settings.BASE_DIR / "templates"
PAGES = ["/", "/filings/", "/filings/trends/", "/terms/", "/privacy/"]
ON_PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts)


def shown(answer) -> str:
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("url", PAGES)
def test_every_page_has_a_title_a_heading_a_way_past_the_header_and_the_legal_links(client, url):
    page = shown(client.get(url))
    assert re.search(r"<title>\S.* · Turnpike</title>", page)
    assert page.count("<h1") == 1
    assert '<a class="skip-link" href="#main">' in page
    assert 'href="/terms/"' in page
    assert 'href="/privacy/"' in page


@pytest.mark.django_db
def test_a_guest_is_offered_to_sign_in_and_nothing_of_an_account(client):
    page = shown(client.get("/"))
    assert 'href="/accounts/login/"' in page
    assert "Sign out" not in page


def test_whoever_is_signed_in_sees_who_they_are_act_for_and_have(alice, signed_in):
    page = shown(signed_in(alice).get("/"))
    assert "alice@acme.example" in page
    assert '<span class="account-name">Acme</span>' in page
    assert '<span class="badge badge-premium">Premium</span>' in page
    assert "Administration" not in page
    assert re.search(r'<form action="/accounts/logout/" method="post"><input type="hidden" name="csrf', page)


def test_only_staff_see_the_administration(alice, signed_in):
    alice.is_staff = True
    alice.save()
    assert "Administration" in shown(signed_in(alice).get("/"))


@pytest.mark.django_db
def test_the_language_is_switched_by_a_form_and_kept():
    client = Client(enforce_csrf_checks=True)
    client.get("/terms/")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/i18n/setlang/", {"language": "zh-hans", "next": "/terms/", "csrfmiddlewaretoken": token}
    )
    assert answer["Location"] == "/terms/"
    assert '<html lang="zh-hans">' in shown(client.get("/terms/"))


@pytest.mark.django_db
def test_the_language_switch_leads_to_no_other_site(client):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_the_present_page_is_marked_in_the_navigation(client):
    assert 'href="/filings/" aria-current="page"' in shown(client.get("/filings/"))
    assert 'href="/filings/" aria-current="page"' not in shown(client.get("/terms/"))


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so(client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in shown(answer)


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained():
    answer = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"})
    assert answer.status_code == 403
    assert "This form is too old" in shown(answer)


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "405.html", "500.html"])
def test_a_problem_is_shown_without_a_database_and_without_a_context(name):
    page = render_to_string(name)
    assert f'<p class="eyebrow">{name[:3]}</p>' in page
    assert page.count("<h1") == 1


@pytest.mark.django_db
def test_pages_may_run_only_their_own_scripts_and_be_framed_by_nobody(client):
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ON_PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_that_the_policy_refuses(path: Path):
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", source), "inline style"
    assert not re.search(r"<style\b", source), "inline style sheet"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "inline event handler"
    assert "javascript:" not in source
    for script in re.findall(r"<script\b[^>]*>", source):
        assert " src=" in script or "nonce=" in script or "json" in script, f"inline script: {script}"


def test_every_colour_is_a_pair_for_day_and_night():
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    colours = re.findall(r"^\s*--[a-z-]+: #", tokens, re.MULTILINE)
    assert not colours


@pytest.mark.django_db
def test_a_crash_is_a_page_in_the_reader_s_language(monkeypatch):
    def crash(view, request):
        raise RuntimeError("a bug")

    monkeypatch.setattr(TemplateView, "get", crash)
    client = Client(raise_request_exception=False, headers={"Accept-Language": "zh-hans"})
    answer = client.get("/terms/")
    assert answer.status_code == 500
    assert '<html lang="zh-hans">' in shown(answer)
    assert "a bug" not in shown(answer)
