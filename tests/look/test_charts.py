"""Charts tell the eye and the table the same."""

import re
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override

from peygir.look import charts, samples
from peygir.look.typeface import breadth


def positions(svg: str, tag: str, attribute: str) -> list[float]:
    return [float(node.attrib[attribute]) for node in ET.fromstring(svg).iter(tag)]


class TestLine:
    labels = ("۱", "۲", "۳")
    series = (charts.Series("ثبت‌شده", (10, None, 30)), charts.Series("خاتمه‌یافته", (5, 6, 7)))

    def drawn(self) -> charts.Chart:
        return charts.line("روند", self.labels, self.series, "پیام")

    def test_time_runs_from_right_to_left_in_persian_only(self) -> None:
        persian = re.findall(r'class="line-2"|points="([\d.]+),', self.drawn().svg)
        with override("en"):
            english = re.findall(r'class="line-2"|points="([\d.]+),', self.drawn().svg)
        assert float(persian[0]) > charts.WIDTH / 2 > float(english[0])

    def test_the_table_holds_every_number(self) -> None:
        drawn = self.drawn()
        assert drawn.columns == ("", "ثبت‌شده (پیام)", "خاتمه‌یافته (پیام)")
        assert drawn.rows[1] == ("۲", "—", "۶")

    def test_a_gap_is_a_gap(self) -> None:
        assert self.drawn().svg.count('class="line-1"') == 2

    def test_words_are_escaped(self) -> None:
        drawn = charts.line("<b>", ["<i>"], [charts.Series("&", [1])])
        ET.fromstring(drawn.svg)
        assert "<b>" not in drawn.svg

    def test_names_of_lines_stay_above_the_axis(self) -> None:
        low = [charts.Series(name, [3, 0]) for name in ("a", "b", "c")]
        nodes = ET.fromstring(charts.line("", ["x", "y"], low).svg).iter("text")
        ys = {n.attrib["class"]: float(n.attrib["y"]) for n in nodes if "class" in n.attrib}
        axis = charts.HEIGHT - 34
        assert max(ys.values()) <= axis + 6
        assert len({round(y / 15) for y in ys.values()}) == 3

    @pytest.mark.parametrize("language", ["fa", "en"])
    def test_a_name_that_is_too_long_for_the_end_of_its_line_stands_below(
        self, language: str
    ) -> None:
        with override(language):
            names = ("بسته‌شدهٔ به‌موقع در مهلت", "بسته‌شدهٔ دیرهنگام")
            short = charts.line("", ["a", "b"], [charts.Series(each[:6], (1, 2)) for each in names])
            long = charts.line("", ["a", "b"], [charts.Series(each, (1, 2)) for each in names])
        heights = [
            float(ET.fromstring(each.svg).attrib["viewBox"].split()[3]) for each in (short, long)
        ]
        assert heights == [charts.HEIGHT, charts.HEIGHT + 44]
        for node in ET.fromstring(long.svg).iter("text"):
            if node.text in names:
                x = float(node.attrib["x"])
                room = x if language == "fa" else charts.WIDTH - x
                assert charts.LARGER * breadth(node.text) < room
                assert float(node.attrib["y"]) > charts.HEIGHT

    def test_the_last_label_does_not_leave_the_drawing(self) -> None:
        label = "آبان ۱۴۰۵ (موقت)"
        series = [charts.Series("دیرهنگام و به‌موقع", (1, 2))]
        drawn = charts.line("", ["مهر ۱۴۰۵", label], series)
        (node,) = [node for node in ET.fromstring(drawn.svg).iter("text") if node.text == label]
        half = charts.LARGER * breadth(label) / 2
        assert half - 0.1 <= float(node.attrib["x"]) <= charts.WIDTH - half + 0.1

    def test_five_series_are_refused(self) -> None:
        with pytest.raises(ValueError, match="at most 4"):
            charts.line("", ["a"], [charts.Series("x", [1])] * 5)

    def test_a_series_of_another_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="one value per label"):
            charts.bars("", ["a", "b"], [charts.Series("x", [1])])

    def test_an_empty_chart_is_still_a_drawing(self) -> None:
        for drawn in (charts.line("هیچ", [], []), charts.bars("هیچ", [], [])):
            ET.fromstring(drawn.svg)
        ET.fromstring(charts.sparkline("هیچ", []).svg)


class TestFan:
    def drawn(self) -> charts.Chart:
        found = (40, 52, None, None)
        return charts.fan("هفتهٔ آینده", "۱۲۳۴", found, (None, None, (30, 41, 55), (0, 1, 2)))

    def test_each_day_ahead_has_a_band_from_lowest_to_highest(self) -> None:
        nodes = ET.fromstring(self.drawn().svg).iter("rect")
        bands = [node.attrib for node in nodes if node.attrib["class"] == "interval-band"]
        heights = [float(one["height"]) for one in bands]
        assert len(bands) == 2
        assert heights[0] / heights[1] == pytest.approx(25 / 2, rel=0.02)

    def test_the_table_holds_what_was_found_and_what_is_expected(self) -> None:
        drawn = self.drawn()
        assert drawn.columns == ("", "یافته", "مورد انتظار", "کمترین", "بیشترین")
        assert drawn.rows[0] == ("۱", "۴۰", "—", "—", "—")
        assert drawn.rows[2] == ("۳", "—", "۴۱", "۳۰", "۵۵")

    def test_of_another_length_it_is_refused(self) -> None:
        with pytest.raises(ValueError, match="one value per label"):
            charts.fan("", "ab", (1, 2), (None,))

    def test_of_nothing_it_is_still_a_drawing(self) -> None:
        ET.fromstring(charts.fan("هیچ", [], [], []).svg)

    def test_its_legend_finds_room_in_the_large_letters_of_a_telephone(self) -> None:
        for language in ("fa", "en"):
            with override(language):
                drawn = self.drawn()
            one, other = (
                float(node.attrib["x"])
                for node in ET.fromstring(drawn.svg).iter("rect")
                if node.attrib["class"].startswith("fill-")
            )
            assert abs(other - one) >= 16 + breadth(drawn.columns[1], size=20)


class TestRanges:
    def drawn(self) -> charts.Chart:
        values = ((30, 41, 55), (0, 1, 2))
        return charts.ranges("هفتهٔ آینده", ("شنبه ۱", "یکشنبه ۲"), values, (38, None))

    def test_each_row_has_its_band_its_dot_and_what_was_before(self) -> None:
        nodes = list(ET.fromstring(self.drawn().svg).iter())
        kinds = [node.attrib.get("class") for node in nodes]
        assert kinds.count("interval-dot") == 2
        assert kinds.count("interval-band") == 2 + 1, "one says what they are"
        assert kinds.count("tick") == 1 + 1
        wide = [float(n.attrib["width"]) for n in nodes if n.attrib.get("class") == "interval-band"]
        assert wide[1] / wide[2] == pytest.approx(25 / 2, rel=0.02)

    def test_it_is_no_wider_than_a_telephone(self) -> None:
        svg = self.drawn().svg
        assert 'viewBox="0 0 404 ' in svg
        for node in ET.fromstring(svg).iter("text"):
            if node.attrib["text-anchor"] == "start":
                assert charts.LARGER * breadth(node.text or "") <= float(node.attrib["x"])

    def test_the_table_holds_the_same(self) -> None:
        drawn = self.drawn()
        assert drawn.columns == ("", "مورد انتظار", "کمترین", "بیشترین", "یک هفته پیش‌تر")
        assert drawn.rows[1] == ("یکشنبه ۲", "۱", "۰", "۲", "—")

    def test_of_another_length_it_is_refused_and_of_nothing_a_drawing(self) -> None:
        with pytest.raises(ValueError, match="every row"):
            charts.ranges("", ("a", "b"), ((1, 2, 3),), (None,))
        ET.fromstring(charts.ranges("هیچ", (), (), ()).svg)


class TestScale:
    @pytest.mark.parametrize(
        ("highest", "top"), [(0, 4), (3, 4), (9, 20), (21, 40), (41, 80), (730, 800)]
    )
    def test_ends_at_a_round_number_above(self, highest: float, top: float) -> None:
        drawn = charts.line("", ["a"], [charts.Series("", [highest])])
        with override("en"):
            drawn = charts.line("", ["a"], [charts.Series("", [highest])])
        texts = [node.text for node in ET.fromstring(drawn.svg).iter("text")]
        assert f"{top:g}" in texts


class TestHeat:
    def test_starts_on_saturday_and_darkens_with_the_count(self) -> None:
        drawn = charts.heat("ساعت", samples.heat_counts())
        assert drawn.rows[0][0] == "شنبه"
        assert drawn.rows[-1][0] == "جمعه"
        assert {f"heat-{step}" for step in (0, 7)} <= set(re.findall(r"heat-\d", drawn.svg))

    def test_any_other_shape_is_refused(self) -> None:
        with pytest.raises(ValueError, match="7 days"):
            charts.heat("", [[0] * 24] * 6)

    def test_no_call_at_all_is_no_error(self) -> None:
        assert "heat-7" not in charts.heat("", [[0] * 24] * 7).svg


class TestBarsAndIntervals:
    def test_bars_grow_with_their_value(self) -> None:
        drawn = charts.bars("", ["a", "b"], [charts.Series("x", [10, 20])])
        low, high = positions(drawn.svg, "rect", "height")
        assert high == pytest.approx(low * 2, rel=0.01)

    def test_an_interval_says_its_bounds(self) -> None:
        drawn = charts.interval(93, 89, 96)
        assert "۹۳، بین ۸۹ و ۹۶" in drawn.svg
        assert drawn.rows == (("۹۳", "۸۹", "۹۶"),)


class TestShares:
    def drawn(self) -> charts.Chart:
        values = ((0.1, 0.25, 0.5), (0.0, 0.0, 0.2))
        return charts.shares("پاسخ دوم", ("همهٔ واحدها", "فنی و عمرانی"), values, (12, 1_200))

    def test_each_row_has_its_band_its_dot_and_its_percent_on_one_scale(self) -> None:
        nodes = list(ET.fromstring(self.drawn().svg).iter())
        kinds = [node.attrib.get("class") for node in nodes]
        assert kinds.count("interval-dot") == 2
        assert kinds.count("interval-band") == 2 + 1, "one says what they are"
        wide = [float(n.attrib["width"]) for n in nodes if n.attrib.get("class") == "interval-band"]
        assert wide[1] / wide[2] == pytest.approx(0.4 / 0.2, rel=0.02)
        assert "۲۵٪" in [node.text for node in nodes], "no markup stands in a drawing"

    def test_the_table_holds_the_same(self) -> None:
        drawn = self.drawn()
        assert drawn.columns == ("", "سهم", "کمترین", "بیشترین", "از (n)")
        assert drawn.rows[0][0] == "همهٔ واحدها"
        assert "۲۵٪" in drawn.rows[0][1]
        assert drawn.rows[1][-1] == "۱٬۲۰۰"

    def test_of_another_length_it_is_refused_and_of_nothing_a_drawing(self) -> None:
        with pytest.raises(ValueError, match="every row"):
            charts.shares("", ("a", "b"), ((0, 0.5, 1),), (3,))
        ET.fromstring(charts.shares("هیچ", (), (), ()).svg)
