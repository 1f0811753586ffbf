"""Treemaps, flows and maps: areas that compare, bands that add up, east where it is."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from peygir.look.borders import Projection, borders, drawn
from peygir.look.canvas import tone
from peygir.look.flow import Band, flow
from peygir.look.hexes import Hex, hexes
from peygir.look.treemap import HEIGHT, WIDTH, Box, Tile, squarified, treemap

SQUARE = ((50.0, 34.0), (50.1, 34.0), (50.1, 34.1), (50.0, 34.1), (50.0, 34.0))


def tags(svg: str, tag: str) -> list[Any]:
    return list(ET.fromstring(svg).iter(tag))


class TestTreemap:
    @given(st.lists(st.integers(1, 10_000), min_size=1, max_size=30))
    def test_areas_are_as_the_values_and_nothing_overlaps(self, values: list[int]) -> None:
        values.sort(reverse=True)
        boxes = squarified(values, Box(0, 0, 640, 360))
        whole = sum(values)
        for value, box in zip(values, boxes, strict=True):
            assert box.width * box.height == pytest.approx(640 * 360 * value / whole, rel=1e-6)
            assert box.x >= -1e-6
            assert box.x + box.width <= 640 + 1e-6
            assert box.y >= -1e-6
            assert box.y + box.height <= 360 + 1e-6
        assert sum(box.width * box.height for box in boxes) == pytest.approx(640 * 360)

    def test_the_largest_is_at_the_inline_start(self) -> None:
        tiles = [Tile(name="کم", value=1), Tile(name="زیاد", value=9)]
        with override("fa"):
            persian = tags(treemap("", tiles), "rect")[0]
        with override("en"):
            english = tags(treemap("", tiles), "rect")[0]
        assert float(persian.attrib["x"]) > float(english.attrib["x"]) == 0

    def test_a_darker_shade_is_a_larger_share(self) -> None:
        tiles = [Tile(name="a", value=2, shade=1.0), Tile(name="b", value=1, shade=0.0)]
        shades = [node.attrib["class"] for node in tags(treemap("", tiles), "rect")]
        assert shades == ["heat-7", "heat-1"]

    def test_a_tile_leads_to_its_cases_and_says_so(self) -> None:
        svg = treemap("", [Tile(name="<b>", value=5, href="/x?a=1&b=2", words="پنج")])
        (link,) = tags(svg, "a")
        assert link.attrib == {"href": "/x?a=1&b=2"}
        assert [*link.itertext()] == ["پنج", "<b>", "۵"]
        assert ET.fromstring(svg).attrib["role"] == "group"
        assert "<b>" not in svg

    def test_nothing_and_nothing_but_zeros_is_an_empty_drawing(self) -> None:
        assert tags(treemap("", []), "rect") == []
        assert tags(treemap("", [Tile(name="a", value=0)]), "rect") == []

    def test_names_stay_in_their_tiles(self) -> None:
        long = "رفت‌وروب معابر و جمع‌آوری نخاله‌های ساختمانی رهاشده در حاشیهٔ شهر"
        texts = tags(treemap("", [Tile(name=long, value=n) for n in (90, 4, 3, 1)]), "text")
        assert any(node.text.endswith("…") for node in texts)
        assert all(0 <= float(node.attrib["x"]) <= WIDTH for node in texts)
        assert all(0 <= float(node.attrib["y"]) <= HEIGHT for node in texts)


class TestFlow:
    BANDS = (
        Band(start="پذیرش", end="عمران", n=30),
        Band(start="پذیرش", end="خدمات", n=10),
        Band(start="عمران", end="خدمات", n=20),
    )

    def test_each_band_is_drawn_and_each_name_says_its_sum(self) -> None:
        svg = flow("", self.BANDS)
        assert len(tags(svg, "path")) == 3
        texts = [node.text for node in tags(svg, "text")]
        assert texts == ["پذیرش · ۴۰", "عمران · ۲۰", "خدمات · ۳۰", "عمران · ۳۰"]

    def test_bars_are_as_high_as_what_goes_through(self) -> None:
        heights = [float(node.attrib["height"]) for node in tags(flow("", self.BANDS), "rect")]
        assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)

    def test_no_band_is_an_empty_drawing(self) -> None:
        assert tags(flow("", []), "path") == []


class TestHexes:
    def test_east_is_where_it_is_in_persian_too(self) -> None:
        west = Hex(ring=SQUARE, n=1, words="غرب")
        east = Hex(ring=tuple((x + 1, y) for x, y in SQUARE), n=7, words="شرق", marked=True)
        with override("fa"):
            paths = {node[0].text: node for node in tags(hexes("", [west, east], {}), "path")}

        def first_x(words: str) -> float:
            found = re.match(r"M([\d.]+),", paths[words].attrib["d"])
            assert found is not None
            return float(found[1])

        assert first_x("غرب") < first_x("شرق")
        assert paths["شرق"].attrib["class"] == "hex heat-7 marked"

    def test_borders_lie_over_the_cells_with_their_numbers(self) -> None:
        svg = hexes("", [Hex(ring=SQUARE, n=1, words="", rank=1)], {"12": (SQUARE,)})
        assert 'class="border-line"' in svg
        assert {"۱۲", "۱"} <= {node.text for node in tags(svg, "text")}

    def test_an_empty_city_is_an_empty_map(self) -> None:
        assert tags(hexes("", [], {}), "path") == []

    def test_one_point_is_no_division_by_zero(self) -> None:
        placed = Projection([(50.0, 34.0)], 100)
        assert placed((50.0, 34.0)) == (4.0, 4.0)


class TestBorders:
    def feature(self, kind: str, shape: Any) -> str:
        one = {"properties": {"district": 3}, "geometry": {"type": kind, "coordinates": shape}}
        return json.dumps({"features": [one]})

    def test_polygons_and_several_of_them_are_read(self, tmp_path: Path) -> None:
        file = tmp_path / "a.geojson"
        file.write_text(self.feature("Polygon", [SQUARE]))
        assert borders(file) == {"3": (SQUARE,)}
        other = tmp_path / "b.geojson"
        other.write_text(self.feature("MultiPolygon", [[SQUARE], [SQUARE]]))
        assert borders(other) == {"3": (SQUARE, SQUARE)}
        (ring,) = drawn(480, file)["3"]
        assert max(x for x, _ in ring) == 476

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '{"features": 3}', '{"features": [{"properties": {}}]}']
    )
    def test_what_is_no_map_is_none(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "bad.geojson"
        file.write_text(text)
        assert borders(file) == {} == drawn(480, file)

    def test_a_shape_without_points_is_none(self, tmp_path: Path) -> None:
        file = tmp_path / "bad.geojson"
        file.write_text(self.feature("Polygon", [[[1]]]))
        assert borders(file) == {}

    def test_no_file_and_a_huge_one_are_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert borders(tmp_path / "none") == {} == drawn(480, tmp_path / "none")
        file = tmp_path / "c.geojson"
        file.write_text(self.feature("Polygon", [SQUARE]))
        monkeypatch.setattr("peygir.look.borders.GEOJSON_BYTES_MAX", 10)
        assert borders(file) == {}


def test_the_ramp_has_a_step_for_everything_that_is() -> None:
    assert [tone(n, 7) for n in range(8)] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert tone(0.001, 100) == 1
    assert tone(5, 3) == 7
