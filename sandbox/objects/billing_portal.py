"""The customer portal's configurations and sessions; its pages are in pages/portal.

The account's default configuration, which one saves in Stripe's dashboard, is there from the first session on.
https://docs.stripe.com/api/customer_portal/sessions
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.lists import page
from sandbox.objects.subscriptions import states
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

CONFIGURATION, SESSION = "billing_portal.configuration", "billing_portal.session"
REASONS = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
]
DEFAULT: dict[str, Any] = {
    "customer_update": {"enabled": True, "allowed_updates": ["email", "address", "name", "phone", "tax_id"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True},
}
# Flows that are about one subscription, and the feature that allows them.
FLOWS = {
    "subscription_cancel": "subscription_cancel",
    "subscription_update": "subscription_update",
    "subscription_update_confirm": "subscription_update",
    "payment_method_update": "payment_method_update",
    "customer_update": "customer_update",
}


# -- configurations ------------------------------------------------------------------------------------------------


@operation("POST", "/v1/billing_portal/configurations")
def create_configuration(world: World, call: Call) -> Record:
    return make_configuration(world, call.params)


def make_configuration(world: World, params: dict[str, Any], *, is_default: bool = False) -> Record:
    configuration = world.new(
        CONFIGURATION,
        active=True,
        business_profile=skeletons.build("portal_business_profile"),
        features=_blank_features(),
        is_default=is_default,
        login_page={"enabled": False, "url": None},
        metadata={},
        updated=world.now,
    )
    _assign(world, configuration, params)
    world.emit("billing_portal.configuration.created", configuration)
    return configuration


def _blank_features() -> Record:
    """Everything off, with Stripe's defaults for what is then switched on."""
    features = skeletons.build("portal_features")
    features["customer_update"] = {"allowed_updates": [], "enabled": False}
    features["subscription_cancel"] |= {
        "mode": "at_period_end",
        "proration_behavior": "none",
        "cancellation_reason": {"enabled": False, "options": list(REASONS), "feedback_options": None},
    }
    features["subscription_update"] |= {
        "default_allowed_updates": [],
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
        "billing_cycle_anchor": "unchanged",
    }
    return features


def _assign(world: World, configuration: Record, params: dict[str, Any]) -> None:
    if (params.get("login_page") or {}).get("enabled"):
        raise errors.not_played("the portal's login page; make sessions instead")
    assign(configuration, params, "active", "default_return_url", "metadata", "name")
    assign(
        configuration["business_profile"],
        params.get("business_profile") or {},
        *configuration["business_profile"],
    )
    for name, given in (params.get("features") or {}).items():
        feature = configuration["features"][name]
        reasons = given.get("cancellation_reason")
        feature |= {key: value for key, value in given.items() if key != "cancellation_reason"}
        if reasons:
            feature["cancellation_reason"] |= {key: value or list(REASONS) for key, value in reasons.items()}
    _check_products(world, configuration["features"]["subscription_update"])


def _check_products(world: World, feature: Record) -> None:
    param = "features[subscription_update][products]"
    if not feature["enabled"]:
        return
    if not feature["products"]:
        raise errors.parameter_missing(param)
    for index, listed in enumerate(feature["products"]):
        product = world.get("product", listed["product"], f"{param}[{index}][product]")
        listed["adjustable_quantity"] = {"enabled": False, "maximum": None, "minimum": 1} | (
            listed.get("adjustable_quantity") or {}
        )
        for place, price_id in enumerate(listed["prices"]):
            price = world.get("price", price_id, f"{param}[{index}][prices][{place}]")
            if price["product"] != product["id"]:
                raise errors.invalid(
                    f"The price `{price_id}` does not belong to the product `{product['id']}`.",
                    f"{param}[{index}][prices][{place}]",
                )


@operation("GET", "/v1/billing_portal/configurations")
def list_configurations(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, CONFIGURATION)


@operation("GET", "/v1/billing_portal/configurations/{configuration}")
def retrieve_configuration(world: World, call: Call) -> Record:
    return world.get(CONFIGURATION, call.id)


@operation("POST", "/v1/billing_portal/configurations/{configuration}")
def update_configuration(world: World, call: Call) -> Record:
    configuration = world.get(CONFIGURATION, call.id)
    if configuration["is_default"] and call.params.get("active") is False:
        raise errors.invalid("You cannot deactivate the default configuration.", "active")
    _assign(world, configuration, call.params)
    if world.changed(configuration):
        configuration["updated"] = world.now
        world.emit("billing_portal.configuration.updated", configuration)
    return configuration


def default_configuration(world: World) -> Record:
    for configuration in world.select(CONFIGURATION, is_default=True):
        return configuration
    return make_configuration(world, {"features": skeletons.copy(DEFAULT)}, is_default=True)


# -- sessions ------------------------------------------------------------------------------------------------------


@operation("POST", "/v1/billing_portal/sessions")
def create_session(world: World, call: Call) -> Record:
    params = call.params
    for name in ("customer_account", "on_behalf_of"):
        if params.get(name):
            raise errors.not_played(f"`{name}` of a portal session")
    if "customer" not in params:
        raise errors.parameter_missing("customer")
    customer = world.get("customer", params["customer"], "customer")
    configuration = _configuration(world, params)
    return_url = params.get("return_url") or configuration["default_return_url"]
    session_id = identifiers.new_id(SESSION)
    session = world.new(
        SESSION,
        id=session_id,
        configuration=configuration["id"],
        customer=customer["id"],
        flow=_flow(world, customer, configuration, params["flow_data"]) if "flow_data" in params else None,
        locale=params.get("locale"),
        return_url=return_url,
        url=f"{world.base_url}/p/session/{session_id}",
    )
    world.emit("billing_portal.session.created", session)
    return session


def _configuration(world: World, params: dict[str, Any]) -> Record:
    if "configuration" not in params:
        return default_configuration(world)
    configuration = world.get(CONFIGURATION, params["configuration"], "configuration")
    if not configuration["active"]:
        raise errors.invalid("The configuration is not active.", "configuration")
    return configuration


def _flow(world: World, customer: Record, configuration: Record, given: dict[str, Any]) -> Record:
    """What the session is for, checked: the feature must be on and the subscription the customer's own."""
    kind = given["type"]
    if not configuration["features"][FLOWS[kind]]["enabled"]:
        raise errors.invalid(
            f"This flow cannot be used because the `{FLOWS[kind]}` feature is disabled in the portal configuration.",
            "flow_data[type]",
        )
    flow = skeletons.build("portal_flows_flow", type=kind)
    flow["after_completion"] = _after(given.get("after_completion"))
    if kind.startswith("subscription"):
        if kind not in given:
            raise errors.parameter_missing(f"flow_data[{kind}]")
        if given[kind].get("retention"):
            raise errors.not_played("a coupon offered to somebody who cancels")
        _check_subscription(world, customer, given[kind], kind)
        flow[kind] = skeletons.build(f"portal_flows_flow_{kind}", **given[kind])
    return flow


def _after(given: dict[str, Any] | None) -> Record:
    given = given or {"type": "portal_homepage"}
    after = skeletons.build("portal_flows_flow_after_completion", type=given["type"])
    if given["type"] == "redirect":
        if "redirect" not in given:
            raise errors.parameter_missing("flow_data[after_completion][redirect]")
        after["redirect"] = dict(given["redirect"])
    if given["type"] == "hosted_confirmation":
        after["hosted_confirmation"] = {"custom_message": None} | (given.get("hosted_confirmation") or {})
    return after


def _check_subscription(world: World, customer: Record, given: dict[str, Any], kind: str) -> None:
    param = f"flow_data[{kind}][subscription]"
    subscription = world.get("subscription", given["subscription"], param)
    if subscription["customer"] != customer["id"]:
        raise errors.missing("subscription", subscription["id"], param)
    if subscription["status"] in states.ENDED:
        raise errors.invalid("The subscription is canceled.", param)
    if kind == "subscription_cancel" and subscription["cancel_at"]:
        raise errors.invalid("The subscription is already set to be canceled.", param)
    for index, item in enumerate(given.get("items") or ()):
        if item["id"] not in subscription["_items"]:
            raise errors.missing("subscription_item", item["id"], f"flow_data[{kind}][items][{index}][id]")
