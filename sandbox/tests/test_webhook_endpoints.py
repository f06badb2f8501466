import pytest
import stripe


def test_the_secret_is_shown_once(v1):
    endpoint = v1.webhook_endpoints.create({"url": "https://example.com/hook", "enabled_events": ["*"]})
    assert endpoint.secret.startswith("whsec_")
    assert endpoint.status == "enabled"
    assert "secret" not in v1.webhook_endpoints.retrieve(endpoint.id)
    assert "secret" not in v1.webhook_endpoints.list().data[0]


def test_an_endpoint_is_changed_disabled_and_deleted(stage, v1):
    endpoint = stage.endpoint()
    changed = v1.webhook_endpoints.update(
        endpoint.id, {"url": "https://b.test/", "enabled_events": ["invoice.paid"], "disabled": True}
    )
    assert (changed.url, changed.enabled_events, changed.status) == (
        "https://b.test/",
        ["invoice.paid"],
        "disabled",
    )
    assert v1.webhook_endpoints.update(endpoint.id, {"disabled": False}).status == "enabled"
    assert v1.webhook_endpoints.delete(endpoint.id).deleted is True
    assert v1.webhook_endpoints.list().data == []


def test_a_url_without_a_scheme_is_refused(v1):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.webhook_endpoints.create({"url": "example.com", "enabled_events": ["*"]})
    assert refusal.value.code == "url_invalid"


def test_an_unknown_event_type_is_refused(ask):
    answer = ask("POST", "/v1/webhook_endpoints", "url=https://a.test&enabled_events[]=customer.renamed")
    assert answer.json["error"]["param"] == "enabled_events[0]"
