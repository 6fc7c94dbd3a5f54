"""The rules and the dashboard as they lie in `docs/operations/prometheus`: what they ask Prometheus for."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "operations" / "prometheus"
RULES, DASHBOARD = FOLDER / "rules.yml", FOLDER / "dashboard.json"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool here (Debian: apt-get install prometheus)")
SELECTOR = re.compile(r"\b(marvec_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
GROUPED = re.compile(r"\b(?:by|on|without) \(([^)]*)\)")
FROM_PROMETHEUS = {"job", "instance"}


@dataclass(frozen=True)
class Alert:
    name: str
    expr: str
    lasts: str
    severity: str
    runbook: str


def alerts() -> list[Alert]:
    found = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"] if "alert" in rule]
    return [Alert(r["alert"], r["expr"], r["for"], r["labels"]["severity"], r["annotations"]["runbook"]) for r in found]


def records() -> set[str]:
    return {rule["record"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"] if "record" in rule}


def questions() -> list[str]:
    """Every expression of both files."""
    rules = [rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return rules + [target["expr"] for panel in panels for target in panel.get("targets", ())]


def asked_of(expression: str) -> list[tuple[str, dict[str, str]]]:
    """Metrics of ours with the labels by which they are chosen: name to value, empty where it is a pattern."""
    return [
        (name, {label: value if sign == "=" else "" for label, sign, value in MATCHER.findall(chosen)})
        for name, chosen in SELECTOR.findall(expression)
    ]


def grouped_by(expression: str) -> set[str]:
    return {label.strip() for labels in GROUPED.findall(expression) for label in labels.split(",") if label.strip()}
