"""A local Stripe: objects, events, webhooks, time and faults at API version 2026-08-26.dahlia.

Standard library only (transport.py and testing.py need `stripe`). It imports nothing of the application.

How a call walks
    server.py or transport.py -> engine.Sandbox.handle -> answering.py: keys -> shapes.match -> faults -> parameters +
    expansions (typed and checked by Stripe's own shapes) -> idempotency -> due work -> the handler, inside
    one unit of work -> rendering -> answer. An exception rolls the unit back; a StripeError is answered; one
    with `keep=True` commits first (a decline leaves its failed charge). An operation of the shapes without a
    handler answers 501 `sandbox_not_implemented`, one that the shapes leave out (openapi/beyond.txt) too. API v2,
    which has no shapes, is answered in v2/.

The world (world.py) is all that a handler sees of the account, in one unit of change
    now                            this unit's time; world.follow(obj): that of the object's test clock, if
                                   it has one
    new(kind, **fields)            skeleton + id + created, kept; a field that the shapes do not know is a
                                   TypeError
    get(kind, id, param=None)      to change; Stripe's 404, or the 400 for a parameter that holds the id
    find(id)                       to change, or None;   peek(id): to look at only, tombstones included
    select(kind, **equal)          to change, oldest first;   scan(kind, newest_first=False, **equal): to
                                   look at only
    changed(obj), delete(obj)      the latter leaves and returns {"id", "object", "deleted": true}
    emit(type, obj)                an event with its deliveries; `*.updated` compares by itself, and is left
                                   out if nothing changed. Emit right after the change that it tells of: the
                                   payload is taken there
    schedule(at, verb, id)         on this unit's clock; the same again moves it;   unschedule(verb, id)
    Records are plain dicts, with ids where Stripe may expand. Names that begin with "_" are never shown.

How to add
    an object       a module in objects/ (found by itself) and its id prefix in identifiers.py
    an operation    @operation("POST", "/v1/refunds") def create(world, call): ...; return the record to
                    show, a `lists.page(world, call, kind)` or a `search.search(world, call, kind)`.
                    call.params are typed, None where an empty string unsets; call.ids and call.id are from
                    the path. `publishable=True` lets Stripe.js call it
    sub-objects     skeletons.build("schema_name", **fields); parameters.assign(obj, params, *names) merges
                    metadata
    a shown field   @field("customer", "subscriptions") def ...(world, obj): worked out when shown; if it is
                    in shapes.INCLUDABLE, only when expanded. What it returns is rendered in its turn
    an error        raise errors.invalid(...), errors.missing(...), StripeError(..., status=402,
                    kind="card_error", keep=True)
    a transition    @due("subscription.renew") def renew(world, subscription_id): ... in the object's module,
                    and world.schedule(at, "subscription.renew", id). It may find the object gone: use find.
                    It runs at its time, in a unit of its own, when Sandbox.advance or real time gets there;
                    test clocks have their own agenda, run by Sandbox.run_due(until, test_clock=id)
    a page          a module in pages/ (found by itself): @page("GET", "/c/pay/{session}") def show(sandbox,
                    request): return Response(...). What it says goes through words.say or a template's `{_:...}`,
                    with its translation in pages/chinese.py. `with sandbox.work() as world:` to read or change; call
                    objects' functions, not HTTP. sandbox.base_url is where it is served
    a control       @control("POST", "thing/{id}") in control.py, and the same as a method for tests

Seams between the objects
    payment_intents.make(world, amount=, currency=, customer=, payment_method=None, owner=invoice, **fields)
                    an intent with its event, nothing tried: an open invoice's. `setup_future_usage`,
                    `description`, `metadata`, `receipt_email` are among the fields
    payment_intents.attempt(world, intent, off_session=False)
                    tries intent["payment_method"] (set it first; attach_to or check_method say whether it
                    may be used). Never raises for a decline: read status and last_payment_error
    payment_intents.collect(world, amount=, currency=, customer=, payment_method=, owner=invoice,
                    off_session=True, **fields)
                    both at once. With an invoice as owner a card that must authenticate leaves the intent
                    in `requires_action`, off-session too, as Stripe's billing does
    payment_intents.cancel(world, intent, reason=None)     "void_invoice" when the invoice is voided
    failures.refusal(world, intent)
                    the 402 to raise when a call is to fail for the decline (error_if_incomplete, pay)
    @owners.watcher("invoice") def follow_payment(world, invoice, intent): ...
                    told in the same unit, after the intent's own events, whenever its status has changed:
                    by collect and attempt, by Stripe.js, by the dialog, by time. So mark an invoice paid
                    there and nowhere else. Setup intents have owners too (a subscription's pending one)
    setup_intents.make(world, customer=, payment_method=None, owner=None, usage="off_session", **fields)
    authentication.authenticate(world, intent, passed)
                    the dialog's answer, for payment and setup intents in `requires_action`
    payment_methods.resolve(world, id_or_pm_card_name, param), .make(world, payment_method_data),
                    .attach_to(world, method, customer_id)
    subscriptions/create.begin(world, params)
                    a subscription from the API's parameters, with its first invoice and its events; with
                    payment_behavior="default_incomplete" nothing is tried: create.first_intent(world,
                    subscription) is what to attempt
    subscriptions/update.apply(world, subscription, params), cancel.now(world, subscription, prorate=False)
    invoices/drafts.make(world, customer, lines, reason=, currency=, finalize_at=None, **fields)
                    then finalize.finalize and collect.begin: an invoice by hand
    @outcomes.on("paid") def follow(world, invoice): ...
                    told when an invoice is paid, failed, processing, voided, uncollectible, overdue, finalized
    @states.on_end, @renew.at_boundary
                    what else ends with a subscription; what may change one before it renews
    billing_settings.change(world, retry_after_days=[3, 5], end="unpaid", upcoming_days=7)
                    what one sets for Billing in the dashboard
    refunds.make(world, charge, amount=None, reason=None, metadata=None)
    discounts.make(world, {"coupon": id} or {"promotion_code": id}, customer=, subscription=, invoice=, ...)
                    redeems it; the record's id goes into `discounts`. is_running and remove are beside it
    customer_balances.adjust(world, customer, amount, currency, "applied_to_invoice", invoice=id)
    checkout.complete(world, session, checkout.Buyer(payment_method=, email=, name=, address=, ...))
                    the page's button. Afterwards session["status"] is complete, or find_intent(world, session)
                    waits for authenticate or tells the decline; return_address(session) is where to go then.
                    apply_promotion_code(world, session, code), remove_promotion_code, change_quantity, expire;
                    lines.show(world, session) for the page's table

Test code begins in testing.py (Stage), its builders are in furniture.py, its fixtures in fixtures.py;
`Sandbox.snapshot()` and `restore()` are cheap. The traffic of every test run is checked against the shapes:
tests/conformance/.
"""
