"""Where the name of a district stands."""

import pytest

from peygir.look.borders import middle

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]


def test_in_the_middle_of_a_square_however_many_points_one_side_has() -> None:
    winding = [SQUARE[0], *((4.0, y / 50) for y in range(201)), SQUARE[3]]
    for ring in (SQUARE, [*SQUARE, SQUARE[0]], SQUARE[::-1], winding):
        assert middle(ring) == pytest.approx((2, 2))


def test_inside_a_shape_that_bends_around_its_centre() -> None:
    bent = [(0, 0), (9, 0), (9, 9), (7, 9), (7, 2), (2, 2), (2, 9), (0, 9)]
    x, y = middle([(float(a), float(b)) for a, b in bent])
    assert 2 < y < 9
    assert 0 < x < 2 or 7 < x < 9


def test_of_what_has_no_area_the_mean() -> None:
    assert middle([(0, 0), (4, 2)]) == (2, 1)
    assert middle([(3, 3)]) == (3, 3)
