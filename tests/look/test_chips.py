"""A chip's words and colour come from one place and never part."""

from datetime import UTC, datetime, timedelta

import pytest

from peygir.look import chips

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TestDeadline:
    @pytest.mark.parametrize(
        ("left", "tone", "band", "words"),
        [
            (36 * HOUR, "neutral", "later", "۱ روز و ۱۲ ساعت مانده"),
            (12 * HOUR + timedelta(minutes=1), "neutral", "later", "۱۲ ساعت مانده"),
            (12 * HOUR, "warn", "near", "۱۲ ساعت مانده"),  # a quarter of 48 hours
            (timedelta(0), "danger", "late", "۱ دقیقه گذشته"),
            (-48 * HOUR, "danger", "late", "۲ روز گذشته"),
        ],
    )
    def test_colour_and_words_move_together(
        self, left: timedelta, tone: str, band: str, words: str
    ) -> None:
        due_at = NOW + left
        chip = chips.deadline(NOW, due_at, due_at - 48 * HOUR)
        assert (chip.tone, chip.band, chip.words) == (tone, band, words)

    def test_says_working_time_when_it_is_given(self) -> None:
        chip = chips.deadline(NOW, NOW + 20 * HOUR, NOW - HOUR, working_minutes=300)
        assert chip.words == "۵ ساعت کاری مانده"

    def test_carries_the_absolute_time(self) -> None:
        chip = chips.deadline(NOW, NOW + HOUR, NOW)
        assert chip.title == "مهلت: شنبه ۳۰ آبان ۱۴۰۵، ۱۴:۳۰"

    def test_paused_says_what_is_awaited_and_is_never_late(self) -> None:
        chip = chips.deadline(NOW, NOW - HOUR, NOW - 2 * HOUR, paused=True)
        assert chip.words == "متوقف: در انتظار نظر شهروند"
        assert (chip.tone, chip.band) == ("neutral", "later")

    def test_without_a_deadline_it_says_so(self) -> None:
        assert chips.deadline(NOW, None).words == "بدون مهلت"


class TestStatus:
    def test_every_status_has_words_an_icon_and_a_tone(self) -> None:
        shown = [chips.status(key) for key in chips.STATUSES]
        assert len({chip.words for chip in shown}) == len(shown)
        assert all(chip.icon and chip.tone for chip in shown)

    def test_a_city_may_name_its_own_stage(self) -> None:
        chip = chips.status("commission", "کمیسیون مادهٔ ۱۰۰")
        assert (chip.words, chip.tone) == ("کمیسیون مادهٔ ۱۰۰", "neutral")
