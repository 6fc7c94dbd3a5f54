"""There is no door to another person's things but those that put the read on record.

A query that loads rows of a personal table is listed here with what it is. A new one fails until somebody has said so; one that puts the
read on record must call `reading.record`; and what the engine loads for its own verbs no page, route or channel may ask for.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"
PERSONAL = {
    "Application", "Birth", "Case", "Conversation", "Credential", "DataExport", "Intent", "Message", "Order", "Person", "PersonNik",
    "SavedAddress", "StoredFile", "Ticket",
}  # fmt: skip
RECORDED = {
    "common.credentials.queries.seen_by",
    "civic.queues.queries.visible", "civic.services.queries.visible", "common.files.queries.visible",
    "common.files.queries.visible_by_duty", "common.identity.queries.people_like",
}  # fmt: skip
"""They load, and put on record that another one reads."""
RECORDING = {
    "civic.queues.queries.holder_at", "civic.services.queries.for_review", "common.identity.queries.looked_at",
    "common.identity.queries.happenings_seen_by",
    "common.identity.service.nik.read_nik", "marvec.chat.front.talk_of_the_two",
    "marvec.selling.queries.seen_by", "common.payments.queries.visible", "marvec.chat.queries.reported_messages",
    "marvec.moderation.queries.seen_by", "marvec.orders.service.showing._shown",
}  # fmt: skip
"""They ask an engine's query, and put on record what they give out."""
OWN = {
    "civic.queues.queries.live_of", "civic.queues.queries.living_of", "civic.queues.queries.of_person",
    "civic.services.queries.of_applicant",
    "civic.services.queries.waiting_for_applicant", "common.account.queries._exports", "common.account.queries.address",
    "common.account.queries.addresses_of", "common.account.queries.export", "common.account.queries.oldest_address",
    "common.credentials.queries.of_holder", "common.files.queries.all_owned", "common.files.queries.owned",
    "common.files.queries.waiting_for_update",
    "common.payments.queries.of_payer", "marvec.chat.queries._lines", "marvec.chat.queries.readable_by", "marvec.orders.queries.all_bought",
    "marvec.orders.queries.all_sold", "marvec.orders.queries.bought_by", "marvec.orders.queries.sold_by",
    "marvec.orders.queries.under_way_of",
}  # fmt: skip
"""Rows of the person who asks, as owner or as a party."""
NOTHING_PERSONAL = {
    "civic.queues.queries._at_desk", "civic.queues.queries._waiting", "civic.queues.queries.skipped",  # numbers of a queue
    "civic.services.queries.by_ids",  # references and states
    "civic.services.queries.desk",  # references and dates of a desk
    "civic.services.queries.is_visible",  # yes or no
    "common.credentials.queries.by_code", "common.credentials.queries.in_force_of",  # what anybody may check
    "common.credentials.queries.of_offices",  # titles and codes
    "common.files.queries.pdfs_among",  # of which kind a file is
    "marvec.moderation.queries.page_of",  # what was reported, never quoted
    "marvec.orders.queries.disputes_of_the_two", "marvec.orders.queries.disputes_to_decide",  # references and sums
}  # fmt: skip
ENGINE = {
    "civic.registry.queries.may_be_one", "civic.registry.queries.nameless", "civic.services.queries.fees_to_pursue",
    "marvec.chat.queries.said_between", "marvec.orders.queries.order_of_picture",
    "civic.queues.queries.for_update", "civic.queues.queries.living_in", "civic.queues.queries.unended_of",
    "civic.registry.queries.birth_of",
    "civic.services.queries.drafts_for_update", "civic.services.queries.for_update", "common.account.service.exporting.assemble",
    "common.credentials.queries.for_update", "common.credentials.queries.newly_expired",
    "common.credentials.queries.of_application", "common.files.service.make_thumbnails",
    "common.identity.queries.at_sign_in", "common.identity.queries.claimants_for_update",
    "common.identity.queries.by_address", "common.identity.queries.by_id", "common.identity.queries.by_ids",
    "common.identity.queries.by_name_tag", "common.identity.queries.for_update", "common.identity.queries.nik_for_update",
    "common.identity.queries.nik_of", "common.payments.queries.by_id", "common.payments.queries.by_provider_ref",
    "common.payments.queries.for_update", "common.payments.queries.of_purpose", "common.payments.queries.open_of",
    "common.payments.service.checking.expected_balances", "common.payments.service.merging._locked", "marvec.chat.queries.message",
    "marvec.chat.queries.messages_before", "marvec.chat.queries.people_of", "marvec.chat.service.reading.tell_absent",
    "marvec.chat.service.talking.open_conversation", "marvec.moderation.queries.by_id", "marvec.moderation.queries.for_update",
    "marvec.orders.queries.by_id", "marvec.orders.queries.by_offer", "marvec.orders.queries.by_reference",
    "marvec.orders.queries.group_for_update", "marvec.orders.queries.order_for_update",
}  # fmt: skip
"""For verbs, jobs and what checks by itself who asks."""
CHECKED_BEFORE = {
    ("civic.services.views", "common.credentials.queries.of_application"): "of the application that `visible` gave out",
    ("common.identity.pages.happenings", "common.identity.queries.by_name_tag"): "the id alone; what is seen under it is on record",
    ("common.identity.pages.account", "common.identity.queries.by_id"): "oneself",
    ("common.identity.pages.contact", "common.identity.queries.by_id"): "oneself",
    ("common.identity.pages.contact", "common.identity.queries.for_update"): "oneself",
    ("common.identity.pages.entering", "common.identity.queries.by_id"): "oneself",
    ("common.identity.routes.people", "common.identity.queries.by_id"): "oneself",
    ("common.payments.live", "common.payments.queries.by_id"): "whether one may watch; nothing is shown",
    ("common.notifications.pages", "common.identity.queries.by_id"): "oneself",
    ("marvec.chat.pages", "marvec.chat.queries.message"): "of a conversation that one takes part in",
    ("civic.services.views", "common.payments.queries.by_id"): "of the application that `visible` gave out",
    ("marvec.chat.front", "marvec.chat.queries.said_between"): "for an operator who decides; on record there",
    ("marvec.offers.pages", "marvec.orders.queries.by_offer"): "of the offer that one is a party of",
    ("marvec.chat.pages", "marvec.chat.queries.messages_before"): "of the conversation that `readable_by` gave out",
    ("marvec.chat.routes", "marvec.chat.queries.messages_before"): "of the conversation that `readable_by` gave out",
    ("marvec.orders.live", "marvec.orders.queries.by_id"): "whether one may watch; nothing is shown",
}
"""Screens that ask an engine's query all the same, each with what was checked before."""
SCREENS = ("pages", "routes", "desk", "live", "front", "views")
UNSEALED_BY = {
    "civic.registry.service", "civic.registry.views",
    "civic.services.review", "civic.services.service.correcting", "civic.services.service.levies",
    "civic.services.desk", "civic.services.pages", "civic.services.personal", "civic.services.schemas", "civic.services.service.filling",
    "civic.services.service.issuing", "civic.services.views",
}  # fmt: skip
"""Where the answers of a form are opened: each has its application from a door above."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SRC.rglob("*.py")):
        name = ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def functions() -> Iterator[tuple[str, Function]]:
    for name, tree in modules():
        yield from ((f"{name}.{node.name}", node) for node in ast.walk(tree) if isinstance(node, Function))


def loads(function: Function) -> bool:
    """Whether whole rows of a personal table are loaded."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(
        ast.unparse(call.func).endswith(("select", "session.get", "session.get_one"))
        and any(isinstance(given, ast.Name) and given.id in PERSONAL for given in call.args)
        for call in calls
    )


def test_every_query_of_a_personal_table_is_known() -> None:
    known = RECORDED | OWN | NOTHING_PERSONAL | ENGINE
    assert {name for name, function in functions() if loads(function)} == known
    assert len(known) == sum(map(len, (RECORDED, OWN, NOTHING_PERSONAL, ENGINE)))


def test_a_door_to_anothers_things_puts_the_read_on_record() -> None:
    found = {name: ast.unparse(function) for name, function in functions() if name in RECORDED | RECORDING}
    assert set(found) == RECORDED | RECORDING
    assert {name for name, code in found.items() if "reading.record(" not in code and "_put_on_record(" not in code} == set()


def test_no_screen_asks_for_what_only_the_engine_may_load() -> None:
    asked = {(name, query) for name, tree in modules() if _is_screen(name) for query in _asked_by(tree) if query in ENGINE}
    assert asked == set(CHECKED_BEFORE)


def test_the_answers_of_a_form_are_opened_where_everybody_knows() -> None:
    opening = {name for name, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.Call) and _opens(node)}
    assert {name for name in opening if name.startswith("civic.")} - {"civic.services.answers"} == UNSEALED_BY


def _opens(call: ast.Call) -> bool:
    return ast.unparse(call.func) in ("forms.unseal", "answers.unseal", "unseal")


def _is_screen(module: str) -> bool:
    return bool(set(SCREENS) & set(module.split("."))) and not module.startswith("marvec.seed")


def _asked_by(tree: ast.Module) -> Iterator[str]:
    """The full names of functions that a module calls through what it imported (`queries.by_id`, `orders.by_id`)."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    modules_of = {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in imports for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules_of:
            yield f"{modules_of[node.value.id]}.{node.attr}"
