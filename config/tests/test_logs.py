"""What a request leaves in the log: its path, never its query, body, cookies or headers (A48)."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_query_string_and_the_body_stay_out_of_the_log(caplog):
    client = Client(
        headers={"authorization": "Bearer sk_test_in-a-header", "cookie": "sessionid=in-a-cookie"}
    )
    client.post("/health/live?code=in-the-query", {"email": "in-the-body@acme.example"})
    written = caplog.text
    assert "/health/live" in written
    for secret in ("in-the-query", "in-the-body", "in-a-header", "in-a-cookie"):
        assert secret not in written
