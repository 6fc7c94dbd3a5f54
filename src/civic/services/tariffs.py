"""What a levy's rule makes of a form: the amount, and every number that led to it, as it is shown to the officer and to the citizen.

The formula is that of the levy on building approvals (retribusi PBG, PP 16/2021): floor area x (locality index x standard price) x
building index, where the building index is the function's index x the weighted sum of the parameters x the owner's factor. Amounts are
whole rupiah, rounded half up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import prod
from typing import Any

from civic.services.catalogue import Exemption, Factor, LevyRule, Service, Trait
from common import money
from common.i18n import language, rupiah

Line = dict[str, Any]
"""{label: {id, en}, value, kind}: kind is number, rupiah or words."""
BY_RULE = {"id": "Hasil hitungan", "en": "By the formula"}
TARIFF = {"id": "Tarif per satuan", "en": "Rate per unit"}
LEAST = {"id": "Retribusi paling sedikit", "en": "Smallest levy"}
SUM = {"id": "Jumlah parameter", "en": "Sum of the parameters"}
EXEMPT = {"id": "Bebas retribusi", "en": "Exempt"}


@dataclass(frozen=True)
class Proposal:
    """What the rule says that is due. `exemption`: the code of the one that makes it zero."""

    amount: int
    exemption: str | None
    lines: list[Line]


def propose(service: Service, answers: Mapping[str, str]) -> Proposal | None:
    """The levy that the form leads to; None for a service without one, or a form whose base is not a number yet."""
    rule = service.fee.rule
    if rule is None or not money.is_number(answers.get(rule.base, "")):
        return None
    lines, amount = _computed(service, rule, answers)
    exempt = next((one for one in rule.exemptions if one.when and _all_show(one.when, answers)), None)
    if exempt is None:
        return Proposal(amount, None, lines)
    return Proposal(0, exempt.code, [*lines, _exempt(exempt)])


def rows(lines: list[Line]) -> list[tuple[str, str]]:
    """The computation for people's eyes: (what, how much)."""
    return [(line["label"][language()], _shown(line)) for line in lines]


def name_of(rule: LevyRule | None, code: str | None) -> str:
    """An exemption in words, with its law; one that the rule no longer names by its code."""
    if code is None:
        return ""
    found = rule.exemption(code) if rule else None
    return f"{found.label} ({found.basis})" if found else code


def _computed(service: Service, rule: LevyRule, answers: Mapping[str, str]) -> tuple[list[Line], int]:
    base = next(one for one in service.questions if one.name == rule.base)
    units, indexes = int(answers[rule.base]), [_weight(factor, answers) for factor in rule.indexes]
    parts = [_weight(factor, answers) * factor.share for factor in rule.parameters]
    lines = [_number(base.label.model_dump(), Decimal(units)), _rupiah(TARIFF, rule.tariff)]
    lines += [_number(factor.label.model_dump(), index) for factor, index in zip(rule.indexes, indexes, strict=True)]
    lines += [_number(factor.label.model_dump(), part) for factor, part in zip(rule.parameters, parts, strict=True)]
    lines += [_number(SUM, sum(parts, Decimal(0)))] if parts else []
    exact = units * rule.tariff * prod(indexes, start=Decimal(1)) * (sum(parts, Decimal(0)) if parts else 1)
    amount = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    lines.append(_rupiah(BY_RULE, amount))
    if 0 < amount < rule.least:
        lines.append(_rupiah(LEAST, rule.least))
    return lines, max(amount, rule.least)


def _weight(factor: Factor, answers: Mapping[str, str]) -> Decimal:
    return next(weight.value for weight in factor.weights if _all_show(weight.when, answers))


def _all_show(traits: tuple[Trait, ...], answers: Mapping[str, str]) -> bool:
    return all(_shows(trait, answers.get(trait.field) or trait.default) for trait in traits)


def _shows(trait: Trait, answer: str) -> bool:
    if trait.equals:
        return answer == trait.equals
    if not money.is_number(answer):
        return False
    return (trait.below is None or int(answer) < trait.below) and (trait.at_least is None or int(answer) >= trait.at_least)


def _number(label: dict[str, str], value: Decimal) -> Line:
    return {"label": label, "value": f"{value.normalize():f}", "kind": "number"}


def _rupiah(label: dict[str, str], amount: int) -> Line:
    return {"label": label, "value": str(amount), "kind": "rupiah"}


def _exempt(exemption: Exemption) -> Line:
    words = {code: f"{text} ({exemption.basis})" for code, text in exemption.label.model_dump().items()}
    return {"label": EXEMPT, "value": words, "kind": "words"}


def _shown(line: Line) -> str:
    match line["kind"]:
        case "rupiah":
            return rupiah(int(line["value"]))
        case "words":
            return str(line["value"][language()])
        case _:
            return str(line["value"]).replace(".", "," if language() == "id" else ".")
