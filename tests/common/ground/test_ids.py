from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common import ids


def test_ids_of_one_process_sort_in_the_order_of_their_making() -> None:
    made = [ids.uuid7() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == 10_000


def test_an_id_is_a_version_7_uuid_of_the_rfc_variant() -> None:
    made = ids.uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert UUID(str(made)) == made


@given(st.sampled_from(["PSN", "AKTA", "K"]), st.text(ids.ALPHABET, min_size=8, max_size=16), st.data())
def test_every_single_wrong_symbol_and_every_swap_is_noticed(prefix: str, body: str, data: st.DataObject) -> None:
    check = ids.check_symbol(prefix, body)
    at = data.draw(st.integers(0, len(body) - 1))
    wrong = data.draw(st.sampled_from([symbol for symbol in ids.ALPHABET if symbol != body[at]]))
    assert ids.check_symbol(prefix, body[:at] + wrong + body[at + 1 :]) != check
    other = data.draw(st.integers(0, len(body) - 1))
    swapped = list(body)
    swapped[at], swapped[other] = swapped[other], swapped[at]
    assert (ids.check_symbol(prefix, "".join(swapped)) == check) == (body[at] == body[other])


def test_a_new_reference_is_well_formed() -> None:
    made = ids.reference("PSN")
    assert len(made) == len("PSN-7K2M-9QXD-T")
    assert ids.is_reference(made, "PSN")
    assert not ids.is_reference(made, "AKTA")


def test_a_reference_is_understood_as_people_type_it() -> None:
    good = ids.reference("PSN")
    spoken = good.lower().replace("1", "l").replace("-", " ")
    assert ids.normalise_reference(f"  {spoken} ") == good


def test_rubbish_is_no_reference() -> None:
    assert not any(ids.is_reference(text) for text in ("", "-", "PSN", "PSN-", "PSN-0000-0000-0", "ångström", "PSN--1"))
