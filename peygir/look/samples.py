"""Invented content for the page that shows every component, and for its tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from peygir.look import charts, chips

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of each kind, refused on purpose when it is bound to nothing."""

    words = forms.CharField(label="شرح", widget=forms.Textarea(attrs={"rows": 3}))
    phone = forms.CharField(label="شمارهٔ همراه", help_text="برای ارسال کد رهگیری")
    category = forms.ChoiceField(label="موضوع", choices=[("a", "روشنایی معبر"), ("b", "آسفالت")])
    kind = forms.ChoiceField(
        label="نوع پیام",
        widget=forms.RadioSelect,
        choices=[("request", "درخواست"), ("complaint", "شکایت"), ("praise", "تقدیر و تشکر")],
    )
    agreed = forms.BooleanField(label="قوانین و مقررات را می‌پذیرم", required=False)


def guide() -> dict[str, Any]:
    """The context of the page."""
    return {
        "simulated": True,
        "now": NOW,
        "refused": SampleForm({}, auto_id="refused_%s"),
        "statuses": list(chips.STATUSES),
        "deadlines": deadlines(),
        "line": charts.line("هر روز چند پیام؟", _days(), _two_series(), "پیام"),
        "bars": charts.bars("پیام‌ها به تفکیک موضوع", ["روشنایی", "آسفالت", "پسماند"], _bars()),
        "heat": charts.heat("چه ساعتی؟", heat_counts()),
        "spark": charts.sparkline("روند", [4, 6, 5, 9, 8, 12, 11]),
        "ranking": _ranking(),
        "timeline": _timeline(),
    }


def deadlines() -> list[chips.Chip]:
    """Far, near, past, paused, and none."""
    start, hour = NOW - timedelta(hours=40), timedelta(hours=1)
    return [
        chips.deadline(NOW, NOW + 60 * hour, start),
        chips.deadline(NOW, NOW + 5 * hour, start, working_minutes=300),
        chips.deadline(NOW, NOW - 50 * hour, start - 48 * hour),
        chips.deadline(NOW, NOW + 5 * hour, start, paused=True),
        chips.deadline(NOW, None),
    ]


def heat_counts() -> list[list[int]]:
    """Busy before noon on working days, quiet on Friday and at night."""
    return [
        [max(0, 14 - abs(hour - 11) * 2) * (1 if day == 6 else 4 - day % 2) for hour in range(24)]
        for day in range(7)
    ]


def _days() -> list[str]:
    return [f"{day}" for day in range(1, 31)]


def _two_series() -> list[charts.Series]:
    new = [420 + 37 * ((day * 7) % 11) - 60 * (day % 7 == 6) for day in range(30)]
    closed = [one - 40 + 9 * (day % 5) for day, one in enumerate(new)]
    return [charts.Series("ثبت‌شده", new), charts.Series("خاتمه‌یافته", closed)]


def _bars() -> list[charts.Series]:
    return [charts.Series("منطقهٔ ۱", [120, 80, 45]), charts.Series("منطقهٔ ۲", [90, 60, 75])]


def _ranking() -> list[dict[str, Any]]:
    return [
        {"rank": 1, "unit": "روشنایی منطقهٔ ۴", "href": "#", "score": 93, "low": 89, "high": 96,
         "n": 412, "change": 1, "appeal": "#"},
        {"rank": 2, "unit": "پسماند منطقهٔ ۲", "href": "#", "score": 90, "low": 85, "high": 94,
         "n": 388, "change": -2},
        {"rank": None, "unit": "فضای سبز منطقهٔ ۹", "score": 88, "low": 66, "high": 97, "n": 18,
         "change": 0},
    ]  # fmt: skip


def _timeline() -> list[dict[str, Any]]:
    return [
        {"words": "ثبت شد", "who": "اپراتور", "at": NOW - timedelta(hours=50)},
        {"words": "به روشنایی معابر ارجاع شد", "who": "واحد دریافت",
         "at": NOW - timedelta(hours=49), "public": False},
        {"words": "بازگشایی شد", "who": "شهروند", "at": NOW, "now": True,
         "text": "چراغ هنوز خاموش است.", "chip": chips.status("reopened")},
    ]  # fmt: skip
