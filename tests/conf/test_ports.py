"""The ports of `./run`: nobody else gets them while a city is being prepared."""

import pytest

from peygir.conf.bootstrap import Failed
from peygir.conf.launcher import _ports
from tests.kannel.gateway import free_ports


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    [found] = free_ports(1)
    monkeypatch.setenv("PORT", str(found))
    return found


def test_two_that_start_together_share_none(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with _ports() as first:
        assert first[0] == port
        with pytest.raises(Failed, match="is busy"), _ports():
            pass
        monkeypatch.setenv("PORT", str(first[1]))  # where the other tells what is new
        with pytest.raises(Failed, match="is busy"), _ports():
            pass


def test_they_are_free_again_when_the_city_is_prepared(port: int) -> None:
    with _ports() as first:
        pass
    with _ports() as again:
        assert again == first


@pytest.mark.parametrize("wanted", ["", "http", "0", "70000", "-1", "۸۰۰۰x"])
def test_what_is_no_port_is_told(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wanted)
    with pytest.raises(Failed, match="is not a port number"), _ports():
        pass
