"""Ids in Stripe's form: a prefix per kind, then letters and digits. Random, so that nothing can lean on their order."""

from __future__ import annotations

import random
import string

ALPHABET = string.ascii_letters + string.digits

# kind: (prefix, number of characters behind it)
FORMS: dict[str, tuple[str, int]] = {
    "account": ("acct_", 16),
    "balance_transaction": ("txn_", 24),
    "billing_portal.configuration": ("bpc_", 24),
    "billing_portal.session": ("bps_", 24),
    "charge": ("ch_", 24),
    "checkout.session": ("cs_test_", 58),
    "coupon": ("", 8),
    "credit_note": ("cn_", 24),
    "credit_note_line_item": ("cnli_", 24),
    "customer": ("cus_", 14),
    "customer_balance_transaction": ("cbtxn_", 24),
    "discount": ("di_", 24),
    "dispute": ("du_", 24),
    "entitlements.active_entitlement": ("ent_test_", 24),
    "entitlements.feature": ("feat_test_", 24),
    "event": ("evt_", 24),
    "invoice": ("in_", 24),
    "invoice_payment": ("inpay_", 24),
    "invoiceitem": ("ii_", 24),
    "item": ("li_", 24),
    "line_item": ("il_", 24),
    "payment_intent": ("pi_", 24),
    "payment_method": ("pm_", 24),
    "price": ("price_", 24),
    "product": ("prod_", 14),
    "product_feature": ("prodft_test_", 24),
    "promotion_code": ("promo_", 24),
    "refund": ("re_", 24),
    "setup_intent": ("seti_", 24),
    "subscription": ("sub_", 24),
    "subscription_item": ("si_", 14),
    "subscription_schedule": ("sub_sched_", 24),
    "tax_id": ("txi_", 24),
    "tax_rate": ("txr_", 24),
    "test_helpers.test_clock": ("clock_", 24),
    "webhook_endpoint": ("we_", 24),
}

_random = random.SystemRandom()


def random_text(length: int) -> str:
    return "".join(_random.choices(ALPHABET, k=length))


def new_id(kind: str) -> str:
    prefix, length = FORMS[kind]
    return prefix + random_text(length)


def new_secret(object_id: str) -> str:
    """A client secret: `pi_..._secret_...`."""
    return f"{object_id}_secret_{random_text(25)}"
