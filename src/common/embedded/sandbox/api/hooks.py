"""Events, and the endpoints they are delivered to."""

from common.embedded.sandbox.api import lists
from common.embedded.sandbox.desk import API_VERSION, Call, now
from common.embedded.sandbox.errors import BadParameter
from common.embedded.sandbox.store import Doc, Store, new_id

COMMAND_LINE = "we_commandline"


def list_events(call: Call) -> Doc:
    """GET /v1/events: newest first; `created[gte]`, `type` (with a final `*`) or `types[]`. A seller's need `Stripe-Account`."""
    wanted = call.params.texts("types")
    one = call.params.text("type")
    if one is not None and wanted:
        raise BadParameter("You may only specify one of these parameters: type, types.", param="type")
    patterns = [one] if one is not None else wanted
    if not patterns:
        return lists.page(call, "event", "/v1/events")
    where = " OR ".join(["json_extract(doc, '$.type') GLOB ?"] * len(patterns))
    return lists.page(call, "event", "/v1/events", more=(f"AND ({where})", [pattern.replace("[", "[[]") for pattern in patterns]))


def create_endpoint(call: Call) -> Doc:
    """POST /v1/webhook_endpoints. The answer, and only it, holds the `secret`."""
    url = call.params.needed("url")
    if not url.startswith(("http://", "https://")):
        raise BadParameter("Invalid URL: an explicit scheme (such as https) must be provided.", code="url_invalid", param="url")
    events = call.params.texts("enabled_events")
    if not events:
        raise BadParameter("Missing required param: enabled_events.", code="parameter_missing", param="enabled_events")
    endpoint = _new(new_id("we"), url, events, new_id("whsec"))
    endpoint |= {
        "metadata": call.params.metadata(),
        "description": call.params.text("description"),
        "_connect": call.params.flag("connect"),
    }
    call.store.add(endpoint)
    return endpoint | {"secret": endpoint["_secret"]}


def delete_endpoint(call: Call) -> Doc:
    """DELETE /v1/webhook_endpoints/{id}: what is still to be delivered there is dropped."""
    id_ = call.mine("webhook_endpoint")["id"]
    call.store.remove(id_)
    call.store.execute("UPDATE delivery SET state = 'given_up' WHERE endpoint = ? AND state = 'pending'", (id_,))
    return {"id": id_, "object": "webhook_endpoint", "deleted": True}


def listen(store: Store, url: str, secret: str) -> None:
    """The endpoint of the command line: hears everything, of the platform and of all connected accounts. A new address replaces the old."""
    store.remove(COMMAND_LINE)
    endpoint = _new(COMMAND_LINE, url, ["*"], secret) | {"_both": True}
    store.add(endpoint)


def _new(id_: str, url: str, events: list[str], secret: str) -> Doc:
    endpoint: Doc = {"id": id_, "object": "webhook_endpoint", "created": now(), "livemode": False, "status": "enabled", "metadata": {}}
    endpoint |= {"api_version": API_VERSION, "application": None, "description": None, "enabled_events": events, "url": url}
    return endpoint | {"_secret": secret, "_connect": False, "_both": False}
