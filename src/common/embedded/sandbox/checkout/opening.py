"""Opening, changing and reading Checkout Sessions. Shapes: docs.stripe.com/api/checkout/sessions (2026)."""

import secrets

from common.embedded.sandbox import ledger
from common.embedded.sandbox.api import lists
from common.embedded.sandbox.checkout.lines import read_lines
from common.embedded.sandbox.desk import Call, blank, now
from common.embedded.sandbox.errors import BadParameter
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.payments import methods
from common.embedded.sandbox.payments.confirming import HERE
from common.embedded.sandbox.store import Doc

SHORTEST, LONGEST = 30 * 60, 24 * 3600
LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil",
    "fr", "fr-CA", "hi-IN", "hr", "hu", "id", "it", "ja",
    "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip
INTENT_DATA = ("description", "metadata", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")
_KNOWN = """adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types automatic_tax billing_address_collection
    branding_settings cancel_url client_reference_id consent_collection currency custom_fields custom_text customer customer_account
    customer_creation customer_email customer_update discounts excluded_payment_method_types expires_at integration_identifier
    invoice_creation line_items locale managed_payments mode name_collection optional_items origin_context payment_intent_data
    payment_method_collection payment_method_configuration payment_method_data payment_method_options payment_method_types permissions
    phone_number_collection redirect_on_completion return_url saved_payment_method_options setup_intent_data shipping_address_collection
    shipping_options submit_type subscription_data success_url tax_id_collection ui_mode wallet_options"""
_NOTHING = """after_expiration allow_promotion_codes billing_address_collection client_reference_id client_secret collected_information
    consent consent_collection currency_conversion customer customer_details customer_email discounts invoice payment_intent payment_link
    payment_method_configuration_details permissions presentment_details recovered_from setup_intent shipping_address_collection
    shipping_cost submit_type subscription wallet_options"""


def create(call: Call) -> Doc:
    """POST /v1/checkout/sessions in `mode=payment` on a hosted page, lines by `price_data` only."""
    session = _new(call.params)
    call.store.add(session, call.account)
    call.store.later(session["expires_at"] - now(), "expire_session", session["id"])
    return session


def update(call: Call) -> Doc:
    """POST /v1/checkout/sessions/{id}: its metadata."""
    session = call.mine("checkout.session")
    session["metadata"] = call.params.metadata(session["metadata"])
    call.store.save(session)
    return session


def retrieve(call: Call) -> Doc:
    """GET /v1/checkout/sessions/{id}. Its lines are shown only to who expands them."""
    session = call.mine("checkout.session")
    return session | {"line_items": _lines(session)} if "line_items" in call.params.texts("expand") else session


def line_items(call: Call) -> Doc:
    """GET /v1/checkout/sessions/{id}/line_items."""
    return _lines(call.mine("checkout.session"))


def _lines(session: Doc) -> Doc:
    return lists.of(session["_lines"], f"/v1/checkout/sessions/{session['id']}/line_items")


def _new(params: Params) -> Doc:
    params.only(_KNOWN)
    params.needed("mode")
    params.choice("mode", "", ("payment",))
    params.choice("ui_mode", "hosted_page", ("hosted_page", "hosted"))
    lines, currency = read_lines(params)
    total = ledger.check_amount(sum(line["amount_total"] for line in lines), currency)
    id_ = f"cs_test_{secrets.token_hex(24)}"
    session = blank(_NOTHING) | {"id": id_, "object": "checkout.session", "created": now(), "livemode": False, "_lines": lines}
    session |= {"mode": "payment", "ui_mode": "hosted_page", "status": "open", "payment_status": "unpaid", "url": f"{HERE}c/{id_}"}
    session |= {"amount_subtotal": total, "amount_total": total, "currency": currency, "payment_method_types": _types(params, currency)}
    session |= {"total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}, "shipping_options": [], "custom_fields": []}
    session |= {"automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None}, "adaptive_pricing": None}
    session |= {
        "customer_creation": "if_required",
        "payment_method_collection": "if_required",
        "phone_number_collection": {"enabled": False},
    }
    session |= {"payment_method_options": params.group("payment_method_options").values}
    return session | _told(params) | {"expires_at": _ends(params), "_intent_data": _intent_data(params)}


def _told(params: Params) -> Doc:
    told: Doc = {name: params.text(name) for name in ("client_reference_id", "customer_email")}
    told |= {
        "success_url": _url(params, "success_url", needed=True),
        "cancel_url": _url(params, "cancel_url"),
        "metadata": params.metadata(),
    }
    if len(told["client_reference_id"] or "") > 200:
        raise BadParameter("Invalid string: at most 200 characters", code="parameter_invalid_string", param="client_reference_id")
    return told | {"locale": params.choice("locale", "auto", LOCALES) if "locale" in params else None, "metadata": params.metadata()}


def _ends(params: Params) -> int:
    ends = params.integer("expires_at")
    if ends is None:
        return now() + LONGEST
    if ends < now() + SHORTEST:
        raise BadParameter("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at")
    if ends > now() + LONGEST:
        raise BadParameter("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at")
    return ends


def _types(params: Params, currency: str) -> list[str]:
    """Without a choice of the caller's: what suits the currency, as Stripe's dynamic payment methods."""
    types = methods.check_types(params.texts("payment_method_types")) or (["card", "qris"] if currency == "idr" else ["card"])
    if "qris" in types and currency != "idr":
        raise BadParameter("The payment method type 'qris' takes IDR only.", param="payment_method_types")
    return types


def _intent_data(params: Params) -> Doc:
    """What the payment intent will carry."""
    data = params.group("payment_intent_data")
    unknown = sorted(set(data.values) - set(INTENT_DATA))
    if unknown:
        name = f"payment_intent_data[{unknown[0]}]"
        raise BadParameter(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    told = {name: text for name in INTENT_DATA if name != "metadata" and (text := data.text(name)) is not None}
    return told | {"metadata": data.metadata()}


def _url(params: Params, name: str, *, needed: bool = False) -> str | None:
    url = params.needed(name) if needed else params.text(name)
    if url is not None and not url.startswith(("http://", "https://")):
        raise BadParameter("Not a valid URL", code="url_invalid", param=name)
    return url
