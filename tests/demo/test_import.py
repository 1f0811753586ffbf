"""Importing: what a map may ask for, and what hostile files get for an answer."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from peygir.cases.models import Case
from peygir.demo.importer import mapping, reasons
from peygir.demo.importer.source import Source
from peygir.demo.models import ImportedRow
from peygir.ledger.models import Event
from peygir.notices.models import Notice
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy

pytestmark = pytest.mark.django_db

MAP = """
name = "old"
zone = "Asia/Tehran"
[columns]
id = "id"
opened = "opened"
closed = "closed"
type = "type"
words = "words"
lat = "lat"
lon = "lon"
outcome = "outcome"
[types]
"چاله" = "C01"
"راننده" = { category = "T04", kind = "complaint" }
[defaults]
category = "W02"
district = 1
[closed]
steps = ["report"]
text = "به‌نقل از سامانهٔ پیشین: {outcome}"
"""
HEADER = "id,opened,closed,type,words,lat,lon,outcome"
GOOD = "1,2026-01-05 10:00:00,,چاله,چالهٔ عمیق,34.6,50.9,"


class Desk:
    """A folder with a file and a map, and the command over them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.report = folder, folder / "bad.csv"

    def run(self, content: str | bytes, *words: str, chart: str = MAP) -> str:
        file, map_ = self.folder / "rows.csv", self.folder / "old.map.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        map_.write_text(chart, "utf-8")
        out = StringIO()
        given = [f"--map={map_}", f"--report={self.report}", "--jobs=1", "--language=en", *words]
        call_command("import_requests", str(file), *given, stdout=out)
        return out.getvalue()

    def reported(self) -> list[list[str]]:
        with self.report.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))[1:]


@pytest.fixture
def desk(qom: CityPolicy, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestARow:
    def test_becomes_a_case_at_its_own_time(self, desk: Desk) -> None:
        assert desk.run(f"{HEADER}\n{GOOD}\n").startswith("1 rows imported (0 closed")
        case = Case.objects.get()
        assert (case.category, case.kind, case.district) == ("C01", "request", 1)
        assert (case.lat_e6, case.lon_e6) == (34_600_000, 50_900_000)
        assert case.opened_at.isoformat() == "2026-01-05T06:30:00+00:00"
        assert ImportedRow.objects.get().case_id == case.id
        assert Event.objects.get(kind="case.registered").facts["source"] == "old:1"

    def test_that_was_closed_there_waits_for_the_citizens_word_here(self, desk: Desk) -> None:
        row = "2,2026-01-05 10:00:00,2026-01-06 12:00:00,راننده,نگه نداشت,,,تذکر داده شد"
        desk.run(f"{HEADER}\n{row}\n")
        case = Case.objects.get()
        assert (case.stage, case.kind, case.closed_at) == ("feedback", "complaint", None)
        said = Paper.objects.get(kind="report_to_citizen").text
        assert said == "به‌نقل از سامانهٔ پیشین: تذکر داده شد"
        stepped = Event.objects.get(kind="case.stepped")
        assert (stepped.actor_post, stepped.staff_id) == ("transport-expert", None)

    def test_tells_nobody(self, desk: Desk) -> None:
        row = "2,2026-01-05 10:00:00,2026-01-06 12:00:00,,نگه نداشت,,,"
        desk.run(f"{HEADER}\n{GOOD}\n{row}\n")
        assert not Notice.objects.exists()

    def test_of_unknown_type_waits_for_somebody_to_sort_it(self, desk: Desk) -> None:
        chart = MAP.replace('category = "W02"\n', "")
        desk.run(f"{HEADER}\n3,2026-01-05 10:00:00,,هیچ,متن,,,\n", chart=chart)
        assert Case.objects.get().stage == "reception"

    def test_that_the_policy_refuses_is_reported_and_nothing_of_it_stays(self, desk: Desk) -> None:
        chart = MAP.replace('category = "W02"\n', "")
        row = "3,2026-01-05 10:00:00,2026-01-06 10:00:00,هیچ,متن,,,"
        assert "1 not imported" in desk.run(f"{HEADER}\n{row}\n", chart=chart)
        assert desk.reported() == [["2", "3", "The policy does not allow it: wrong_stage."]]
        assert not Case.objects.exists()
        assert not Event.objects.filter(subject="case").exists()

    def test_is_never_made_twice(self, desk: Desk) -> None:
        said = desk.run(f"{HEADER}\n{GOOD}\n{GOOD}\n")
        assert said.startswith("1 rows imported (0 closed, 0 after the old target), 1 known")
        assert "0 rows imported" in desk.run(f"{HEADER}\n{GOOD}\n")
        assert Case.objects.count() == 1


class TestAHostileFile:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("9,gestern,,,متن,,,", "The time in column “opened” cannot be read"),
            ("9,2026-01-05 10:00:00,2025-01-05 10:00:00,,متن,,,", "closed before it was opened"),
            ("9,2199-01-05 10:00:00,,,متن,,,", "lies in the future"),
            ("9,2026-01-05 10:00:00,2199-01-05 10:00:00,,متن,,,", "lies in the future"),
            ("9,2026-01-05 10:00:00,,,,,,", "not a word"),
            (",2026-01-05 10:00:00,,,متن,,,", "no id"),
            (f"{'9' * 81},2026-01-05 10:00:00,,,متن,,,", "no id"),
            ("9,2026-01-05 10:00:00,,,متن,nan,1,", "no place on earth"),
            ("9,2026-01-05 10:00:00,,,متن,34,inf,", "no place on earth"),
            ("9,2026-01-05 10:00:00,,,متن,34;1,5,", "no place on earth"),
            ("9,2026-01-05 10:00:00", "2 cells, the header has 8"),
            (f"9,2026-01-05 10:00:00,,,{'آ' * 9000},,,", "too long"),
            ('9,2026-01-05 10:00:00,,,"متن"x,,,', "quotation marks"),
            ("9,0001-01-01 00:00:00,,,متن,,,", "The time in column “opened” cannot be read"),
        ],
    )
    def test_gets_a_reason_and_a_line_for_each_bad_row(
        self, desk: Desk, row: str, reason: str
    ) -> None:
        said = desk.run(f"{HEADER}\n{row}\n{GOOD}\n")
        assert said.startswith("1 rows imported"), "the good row behind it still comes in"
        ((line, _, why),) = desk.reported()
        assert line == "2"
        assert reason in why

    def test_of_ten_megabytes_in_one_cell_costs_one_line(self, desk: Desk) -> None:
        row = f"9,2026-01-05 10:00:00,,,{'x' * 10_000_000},,,"
        assert desk.run(f"{HEADER}\n{row}\n{GOOD}\n").startswith("1 rows imported")
        assert desk.reported() == [["2", "", "The line or one of its texts is too long."]]

    def test_in_another_encoding_is_reported_line_by_line(self, desk: Desk) -> None:
        bad = b"9,2026-01-05 10:00:00,,," + "متن".encode("windows-1256") + b",,,\n"
        content = f"{HEADER}\n".encode() + bad + GOOD.encode() + b"\n"
        assert desk.run(content).startswith("1 rows imported")
        assert desk.reported()[0][2] == "The line is not in the encoding that the map names."

    def test_in_the_encoding_that_the_map_names_is_read(self, desk: Desk) -> None:
        chart = MAP.replace('zone = "', 'encoding = "windows-1256"\nzone = "', 1)
        desk.run(f"{HEADER}\n7,2026-01-05 10:00:00,,,متن,,,\n".encode("windows-1256"), chart=chart)
        assert Paper.objects.get(kind="words").text == "متن"

    def test_in_utf_16_is_refused_as_a_whole(self, desk: Desk) -> None:
        with pytest.raises(CommandError, match=r"first line cannot be read|lacks these columns"):
            desk.run(f"{HEADER}\n{GOOD}\n".encode("utf-16"))

    def test_that_lacks_columns_is_refused_with_their_names(self, desk: Desk) -> None:
        with pytest.raises(CommandError, match="lacks these columns: opened, words"):
            desk.run("id,closed,type,lat,lon,outcome\n1,,,,,\n")
        assert not Case.objects.exists()

    def test_that_is_empty_is_refused(self, desk: Desk) -> None:
        with pytest.raises(CommandError, match="lacks these columns"):
            desk.run("")

    def test_that_is_not_there_is_named(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "m.toml").write_text(MAP, "utf-8")
        with pytest.raises(CommandError, match=r"none\.csv: The file cannot be read"):
            call_command(
                "import_requests", str(tmp_path / "none.csv"), f"--map={tmp_path / 'm.toml'}",
                "--language=en",
            )  # fmt: skip

    def test_whose_compression_is_damaged_stops_with_a_line(self, desk: Desk) -> None:
        rows = "\n".join(f"{n},2026-01-05 10:00:00,,,متن {n},,," for n in range(400))
        packed = gzip.compress(f"{HEADER}\n{rows}\n".encode())
        with pytest.raises(CommandError, match="damaged after line"):
            desk.run(packed[: len(packed) // 2])

    def test_with_an_open_quotation_mark_does_not_swallow_memory(self, desk: Desk) -> None:
        rows = "\n".join(f"{n},2026-01-05 10:00:00,,,متن {n},,," for n in range(20_000))
        desk.run(f'{HEADER}\n0,2026-01-05 10:00:00,,,"متن,,,\n{rows}\n', "--limit=1")
        assert desk.reported()[0][2].startswith("The line is not correct CSV")

    def test_cannot_plant_a_formula_in_the_report(self, desk: Desk) -> None:
        desk.run(f"{HEADER}\n=HYPERLINK(1),x,,,متن,,,\n@SUM(1),x,,,متن,,,\n")
        assert [row[1] for row in desk.reported()] == ["'=HYPERLINK(1)", "'@SUM(1)"]

    def test_with_characters_that_cannot_be_stored_is_no_crash(self, desk: Desk) -> None:
        said = desk.run(f"{HEADER}\n9,2026-01-05 10:00:00,,,a\x00b,,,\x00\n{GOOD}\n")
        assert "rows imported" in said
        assert Case.objects.exists()


class TestTheMap:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (('steps = ["report"]', 'steps = ["satisfied"]'), "needs “citizen_word”"),
            (('steps = ["report"]', 'steps = ["done_unreachable"]'), "needs “inspection”"),
            (('steps = ["report"]', 'steps = ["infeasible"]'), "head's approval"),
            (('steps = ["report"]', 'steps = ["vanish"]'), "is no step"),
            (('steps = ["report"]', 'steps = "report"'), "closed.steps"),
            (('zone = "Asia/Tehran"', 'zone = "Mars/Olympus"'), "zone: “Mars/Olympus”"),
            (('zone = "Asia/Tehran"', ""), "zone: is missing"),
            (('name = "old"', 'name = "a b"'), "name: "),
            (('category = "W02"', 'category = "Z9"'), "defaults.category: “Z9”"),
            (('"چاله" = "C01"', '"چاله" = "Z9"'), "types.چاله: “Z9”"),
            (('id = "id"\n', ""), "columns.id: is missing"),
            (('id = "id"\n', 'id = "id"\nmood = "x"\n'), "columns.mood"),
            (("[types]", "[tyypes]"), "tyypes: unknown key"),
            (('name = "old"', 'name = "old"\nencoding = "utf-16"'), "save the file as UTF-8"),
            (('name = "old"', 'name = "old"\ndelimiter = "--"'), "delimiter"),
            (("district = 1", "district = 77"), "defaults.district: “77”"),
        ],
    )
    def test_that_asks_for_what_cannot_be_is_refused(
        self, desk: Desk, change: tuple[str, str], reason: str
    ) -> None:
        with pytest.raises(CommandError) as refused:
            desk.run(f"{HEADER}\n{GOOD}\n", chart=MAP.replace(*change, 1))
        assert reason in str(refused.value)
        assert "old.map.toml" in str(refused.value)
        assert not Case.objects.exists()

    def test_that_is_no_toml_is_named(self, desk: Desk) -> None:
        with pytest.raises(CommandError, match="is not TOML"):
            desk.run("", chart="[[")


def test_another_city_than_the_one_in_force_is_refused(desk: Desk) -> None:
    with pytest.raises(CommandError, match="city in force is"):
        desk.run(f"{HEADER}\n{GOOD}\n", "--city=atlantis")


def test_reasons_are_in_the_readers_language(qom: CityPolicy, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(MAP, "utf-8")
    chart = mapping.load(tmp_path / "m.toml", qom)
    (tmp_path / "f.csv").write_text(f"{HEADER}\n9,x,,,متن,,,\n", "utf-8")
    source = Source(tmp_path / "f.csv")
    (bad,) = source.rows(chart)
    source.close()
    with translation.override("fa"):
        said = reasons.row_reason(bad)  # type: ignore[arg-type]  # the row is bad
    assert "opened" in said
    assert "زمان" in said
