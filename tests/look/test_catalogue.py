"""English in the code, Persian on the screen, nothing forgotten."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from peygir.look import catalogue

PAGE = '{% trans %}\n  Send\n  it\n{% endtrans %}{{ _("Stop") }}'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "code" / "jinja2"
    folder.mkdir(parents=True)
    (folder / "a.html").write_text(PAGE)
    (folder.parent / "a.py").write_text('ngettext("%(n)s day", "%(n)s days", 2)\n_("Zebra")\n')
    return tmp_path / "code"


@pytest.fixture
def po(tmp_path: Path) -> Path:
    return tmp_path / "fa" / "LC_MESSAGES" / "django.po"


def words(tmp_path: Path, **pairs: str) -> Path:
    file = tmp_path / "words.po"
    lines = [f'msgid "{key}"\nmsgstr "{value}"\n' for key, value in pairs.items()]
    file.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n')
    file.write_text(file.read_text() + "\n".join(lines))
    return file


def test_persian_is_complete_certain_and_up_to_date() -> None:
    assert catalogue.problems() == []


def test_extraction_is_sorted_and_names_no_places(source: Path, po: Path) -> None:
    catalogue.extract(po, source=source)
    text = po.read_text()
    found = [text.index(f'msgid "{one}"') for one in ("%(n)s day", "Send it", "Stop", "Zebra")]
    assert found == sorted(found)
    assert "a.py" not in text
    assert "202" not in text  # no dates either


def test_extracting_twice_changes_nothing(source: Path, po: Path) -> None:
    catalogue.extract(po, source=source)
    before = po.read_bytes()
    catalogue.extract(po, source=source)
    assert po.read_bytes() == before


def test_a_translation_survives_the_absence_of_its_message(
    source: Path, po: Path, tmp_path: Path
) -> None:
    catalogue.extract(po, source=source)
    assert catalogue.merge(words(tmp_path, Zebra="گورخر"), po, source=source) == 1
    code = source / "a.py"
    text = code.read_text()
    code.write_text("")
    catalogue.extract(po, source=source)
    code.write_text(text)
    catalogue.extract(po, source=source)
    assert 'msgid "Zebra"\nmsgstr "گورخر"' in po.read_text()


def test_missing_and_unused_words_are_told(source: Path, po: Path, tmp_path: Path) -> None:
    catalogue.extract(po, source=source)
    given = {"Zebra": "گورخر", "Send it": "بفرست", "%(n)s day": "%(n)s روز"}
    assert catalogue.merge(words(tmp_path, **given), po, source=source) == 3
    (source / "a.py").write_text('ngettext("%(n)s day", "%(n)s days", 2)\n')
    found = [(one.kind, one.message_id) for one in catalogue.problems(po, source=source)]
    assert found == [("missing", "Stop"), ("unused", "Zebra")]
    catalogue.extract(po, source=source, drop_unused=True)
    assert "Zebra" not in po.read_text()


def test_a_translation_that_loses_its_number_is_told(
    source: Path, po: Path, tmp_path: Path
) -> None:
    (source / "a.py").write_text('_("%(n)s left")\n')
    catalogue.extract(po, source=source)
    catalogue.merge(words(tmp_path, **{"%(n)s left": "%(m)s مانده"}), po, source=source)
    kinds = [one.kind for one in catalogue.problems(po, source=source) if "left" in one.message_id]
    assert kinds
    assert kinds != ["missing"]


def test_compiled_words_are_read_back(source: Path, po: Path, tmp_path: Path) -> None:
    import gettext

    catalogue.merge(words(tmp_path, Zebra="گورخر"), po, source=source)
    with catalogue.compile_mo(po).open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Zebra") == "گورخر"


def test_the_command_refuses_a_file_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="no such file"):
        call_command("messages", "merge", "/nowhere.po")
