"""The drawing of the city: every kelurahan is on it, each cell holds its own centroid, and it is light."""

import gzip

import pytest

from common import regions
from common.web import citymap


def test_every_kelurahan_has_a_cell_around_its_own_centroid() -> None:
    cells = citymap.cells()
    assert len(cells) == 153
    assert [cell.place.code for cell in cells] == [place.code for place in regions.all_kelurahan()]
    for cell in cells:
        xs, ys = zip(*cell.corners, strict=True)
        assert min(xs) <= cell.x <= max(xs)
        assert min(ys) <= cell.y <= max(ys)


def test_north_is_up_and_the_sea_is_west() -> None:
    at = {cell.place.name: cell for cell in citymap.cells()}
    assert at["Kodingareng"].x < at["Losari"].x < at["Sudiang"].x
    assert at["Sudiang"].y < at["Barombong"].y


def test_the_drawing_is_light() -> None:
    assert len(gzip.compress("".join(cell.path for cell in citymap.cells()).encode())) < 5_000


def test_names_that_stand_on_the_drawing_do_not_touch() -> None:
    group = citymap.by_kecamatan()["Tallo"]
    shown = citymap.labels(group, 14)
    assert 0 < len(shown) < len(group)
    for one in shown:
        for other in shown:
            apart = (len(one.place.name) + len(other.place.name)) * 14 * citymap.LETTER / 2
            assert one is other or abs(one.y - other.y) > 14 or abs(one.x - other.x) > apart


def test_an_unknown_kecamatan_has_no_view() -> None:
    with pytest.raises(ValueError, match="unpack"):
        citymap.view_box("Atlantis")
