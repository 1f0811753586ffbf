"""Cases of the city to play with, and the texts that were shown instead of sent."""

from collections.abc import Callable

import pytest

from peygir.notices import deliver
from peygir.notices.models import DevMessage
from peygir.policy.model import CityPolicy
from tests.city import Make, Story


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    """Make a case and move it along: `story(category="W01", district=2)`."""
    return lambda **fields: Story(qom, **fields)


@pytest.fixture
def sent_by() -> Callable[..., list[str]]:
    """Deliver what is due at an instant; gives the bodies shown so far, oldest first."""

    def sent(at: object, channel: str = "sms") -> list[str]:
        while deliver.deliver(at=at):  # type: ignore[arg-type]  # an instant
            pass
        shown = DevMessage.objects.filter(channel=channel).order_by("id")
        return list(shown.values_list("body", flat=True))

    return sent
