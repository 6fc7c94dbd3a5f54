"""Alerts: each fires when it should, none fires in a healthy city, and each leads to a section of the runbook, in both languages."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.operations import runbook
from tests.common.operations.rules import DASHBOARD, PROMTOOL, RULES, alerts, needs_promtool, questions, records

HERE = 'job="marvec",instance="a"'
GET, POST = f'{HERE},method="GET",route="/"', f'{HERE},method="POST",route="/keranjang"'
LAST, SOON = 75, 30  # minutes: what must last an hour, and all else, is asked then


def series(name: str, labels: str = "") -> str:
    return f"{name}{{{HERE}{',' + labels if labels else ''}}}"


def steady(value: float) -> str:
    return f"{value}+0x{LAST}"


def seconds(what: str, quick: int, slow: int) -> dict[str, str]:
    """A histogram that grows by `quick` answers below a quarter of a second a minute, and `slow` ones between one and two and a half."""
    counts = {"0.1": quick, "0.25": quick, "0.5": quick, "1.0": quick, "2.5": quick + slow, "+Inf": quick + slow}
    buckets = {f'marvec_http_seconds_bucket{{{what},le="{le}"}}': f"0+{count}x{LAST}" for le, count in counts.items()}
    return buckets | {f"marvec_http_seconds_count{{{what}}}": f"0+{quick + slow}x{LAST}"}


def answers(status: int) -> str:
    return f'marvec_http_requests_total{{{GET},status="{status}"}}'


UP, SOCKETS, WORKERS = series("up"), series("marvec_sockets", 'kind="web"'), series("marvec_processes", 'kind="worker"')
BEAT = series("marvec_process_beat_timestamp_seconds", 'kind="web"')
CLOSED, TIMER = (
    series("marvec_sockets_closed_total", 'code="3008"'),
    series("marvec_timer_runs_total", 'timer="audit.seal",outcome="failed"'),
)
DUE, DEAD = series("marvec_outbox_oldest_due_seconds"), series("marvec_outbox_rows", 'state="dead"')
BUSY, SIZE = (series(f"marvec_database_pool_{what}", 'kind="web",door="hot"') for what in ("busy", "size"))
USED, MOST = series("marvec_database_connections"), series("marvec_database_connections_max")
LOOK, FREE = series("marvec_look_up", 'look="payments.books"'), series("marvec_disk_free_bytes")
GIB = 2**30

HEALTHY = {
    UP: steady(1), WORKERS: steady(1), BEAT: f"0+60x{LAST}", LOOK: steady(1), SOCKETS: steady(100), CLOSED: f"0+1x{LAST}", TIMER: steady(2),
    answers(200): f"0+600x{LAST}", answers(503): f"0+3x{LAST}", DUE: steady(50), DEAD: steady(0), BUSY: steady(8), SIZE: steady(10),
    USED: steady(70), MOST: steady(100), FREE: steady(6 * GIB),
    series("marvec_database_up"): steady(1), series("marvec_redis_up"): steady(1),
    series("marvec_audit_unsealed_seconds"): steady(5), series("marvec_promises_late"): steady(0),
    series("marvec_webhook_oldest_seconds"): steady(30), series("marvec_ledger_sum_rupiah"): steady(0),
    series("marvec_unassigned_rupiah"): steady(0), series("marvec_dispute_due_timestamp_seconds"): steady(400_000),
    series("marvec_provider_differences"): steady(0), series("marvec_provider_check_timestamp_seconds"): steady(0),
    series("marvec_backup_base_age_seconds"): steady(80_000), series("marvec_backup_reach_age_seconds"): steady(60),
    series("marvec_backup_failing"): steady(0),
    series("marvec_database_oldest_transaction_seconds"): steady(20), **seconds(GET, 600, 3), **seconds(POST, 60, 0),
}  # fmt: skip

ILL: dict[str, dict[str, str | None]] = {
    "MarvecDown": {UP: f"1+0x10 0+0x{LAST}"},
    "MarvecNoWorker": {WORKERS: None},
    "MarvecProcessHangs": {BEAT: f"0+60x20 1200+0x{LAST}"},
    "MarvecBlind": {LOOK: steady(0)},
    "MarvecErrors": {answers(503): f"0+12x{LAST}"},
    "MarvecReadsSlow": {**seconds(GET, 600, 12)},
    "MarvecWritesSlow": {**seconds(POST, 60, 2)},
    "MarvecSocketsDropped": {CLOSED: f"0+5x{LAST}"},
    "MarvecSocketsGone": {SOCKETS: f"100+0x24 40+0x{LAST}"},
    "MarvecJobsLate": {DUE: steady(70)},
    "MarvecJobsVeryLate": {DUE: steady(700)},
    "MarvecJobsDead": {DEAD: steady(1)},
    "MarvecTimerFails": {TIMER: f"0+1x{LAST}"},
    "MarvecAuditUnsealed": {series("marvec_audit_unsealed_seconds"): steady(90)},
    "MarvecPromisesBroken": {series("marvec_promises_late"): steady(1)},
    "MarvecWebhooksLate": {series("marvec_webhook_oldest_seconds"): steady(700)},
    "MarvecLedgerNotZero": {series("marvec_ledger_sum_rupiah"): steady(-5)},
    "MarvecMoneyUnassigned": {series("marvec_unassigned_rupiah"): steady(25_000)},
    "MarvecDisputeDue": {series("marvec_dispute_due_timestamp_seconds"): steady(100_000)},
    "MarvecProviderDiffers": {series("marvec_provider_differences"): steady(2)},
    "MarvecProviderNotCompared": {series("marvec_provider_check_timestamp_seconds"): steady(-200_000)},
    "MarvecDatabaseDown": {series("marvec_database_up"): steady(0)},
    "MarvecPoolExhausted": {BUSY: steady(10)},
    "MarvecConnectionsScarce": {USED: steady(90)},
    "MarvecTransactionOld": {series("marvec_database_oldest_transaction_seconds"): steady(400)},
    "MarvecRedisDown": {series("marvec_redis_up"): steady(0)},
    "MarvecDiskLow": {FREE: steady(4 * GIB)},
    "MarvecDiskFull": {FREE: steady(GIB / 2)},
    "MarvecDiskFilling": {FREE: f"{60 * GIB}-{GIB // 64}x{LAST}"},
    "MarvecBackupOld": {series("marvec_backup_base_age_seconds"): "1000000+0x75"},
    "MarvecBackupBehind": {series("marvec_backup_reach_age_seconds"): steady(1000)},
    "MarvecBackupFailing": {series("marvec_backup_failing"): steady(1)},
}
ALSO = {"MarvecJobsVeryLate": {"MarvecJobsLate"}, "MarvecDiskFull": {"MarvecDiskLow"}}
"""What is very ill is ill as well."""


def case(name: str, changed: dict[str, str | None], firing: set[str], asked_at: int) -> dict[str, Any]:
    told = {key: value for key, value in (HEALTHY | changed).items() if value is not None}
    expected = [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in firing]
    question = {"expr": 'max by (alertname) (ALERTS{alertstate="firing"})', "eval_time": f"{asked_at}m", "exp_samples": expected}
    listed = [{"series": key, "values": value} for key, value in told.items()]
    return {"name": name, "interval": "1m", "input_series": listed, "promql_expr_test": [question]}


def cases() -> Iterator[dict[str, Any]]:
    yield case("a healthy city", {}, set(), LAST)
    for alert in alerts():
        firing = {alert.name} | ALSO.get(alert.name, set())
        yield case(alert.name, ILL[alert.name], firing, LAST if alert.lasts == "1h" else SOON)


def promtool(*words: str) -> str:
    done = subprocess.run([str(PROMTOOL), *words], capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_each_alert_fires_when_it_should_and_no_other_does(tmp_path: Path) -> None:
    promtool("check", "rules", str(RULES))
    file = tmp_path / "cases.json"  # JSON is YAML
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": list(cases())}))
    assert "SUCCESS" in promtool("test", "rules", str(file))


@needs_promtool
def test_the_dashboards_questions_can_be_asked(tmp_path: Path) -> None:
    rules = [{"record": f"asked:{number}", "expr": asked.replace("$job", "marvec")} for number, asked in enumerate(questions())]
    file = tmp_path / "questions.json"
    file.write_text(json.dumps({"groups": [{"name": "questions", "rules": rules}]}))
    assert f"SUCCESS: {len(rules)} rules found" in promtool("check", "rules", str(file))


def test_there_is_a_case_for_each_alert() -> None:
    assert [alert.name for alert in alerts()] == list(ILL)


def test_each_alert_says_how_urgent_it_is_and_leads_to_the_runbook() -> None:
    for language in runbook.FILES:
        slugs = {part.slug for part in runbook.parts(language)}
        missing = [alert.name for alert in alerts() if alert.runbook.removeprefix("/operator/panduan#") not in slugs]
        assert missing == [], language
    assert {alert.severity for alert in alerts()} == {"page", "ticket"}


def test_panels_stand_beside_each_other_and_ask_for_records_that_exist() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    taken = [
        (x, panel["gridPos"]["y"]) for panel in panels for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
    ]
    assert len(taken) == len(set(taken)) and max(x for x, _ in taken) < 24
    used = {word.split("{")[0] for asked in questions() for word in asked.split() if word.startswith("marvec:")}
    assert used <= records()
