"""Reading a foreign CSV file line by line. All of it is hostile until it is a checked row."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from peygir.calendars.compiled import to_utc
from peygir.demo.importer.mapping import Map
from peygir.people.papers import TEXT_MAX

LINE_BYTES_MAX: Final = 256 * 1024
KEY_MAX: Final = 80
GZIP_MAGIC: Final = b"\x1f\x8b"


class SourceError(ValueError):
    """The file as a whole cannot be used. `code` and `details` become a sentence in the command."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code, self.details = code, details


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A row that cannot become a case, and why."""

    line: int
    key: str
    code: str
    details: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A checked row. Instants are aware UTC; an empty `category`: somebody must sort it."""

    line: int
    key: str
    opened: datetime
    closed: datetime | None
    late: bool  # closed after the target that the other system had set
    words: str
    address: str
    category: str
    kind: str
    channel: str
    district: int | None
    lat_e6: int | None
    lon_e6: int | None
    outcome: str


class Source:
    """An open file. `position` and `size` are bytes of the file on disk, for a progress bar."""

    def __init__(self, path: Path) -> None:
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise SourceError("unreadable", reason=str(error.strerror)) from error
        self.size = path.stat().st_size
        packed = self._raw.read(2) == GZIP_MAGIC
        self._raw.seek(0)
        self._lines: BinaryIO | gzip.GzipFile = (
            gzip.GzipFile(fileobj=self._raw) if packed else self._raw
        )

    @property
    def position(self) -> int:
        return self._raw.tell()

    def close(self) -> None:
        self._raw.close()

    def rows(self, chart: Map) -> Iterator[Row | Bad]:
        """Every row below the header. Raises SourceError when the file is of another shape."""
        lines = _Lines(self._lines, chart.encoding)
        reader = csv.reader(lines, delimiter=chart.delimiter, strict=True)
        try:
            header = next(reader, None)
        except (_BadLine, csv.Error) as error:
            raise SourceError("header", encoding=chart.encoding) from error
        columns = _positions(header or [], chart)
        while True:
            started = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _BadLine as bad:
                yield Bad(line=started, key="", code=bad.code, details={})
                reader = csv.reader(lines, delimiter=chart.delimiter, strict=True)
                continue
            except csv.Error:
                yield Bad(line=started, key="", code="csv", details={})
                reader = csv.reader(lines, delimiter=chart.delimiter, strict=True)
                continue
            if cells:
                yield _row(started, cells, columns, len(header or []), chart)


class _BadLine(Exception):
    def __init__(self, code: str) -> None:
        self.code = code


class _Lines:
    """Decoded lines of bounded length; a line that is too long is read over without being kept."""

    def __init__(self, stream: BinaryIO | gzip.GzipFile, encoding: str) -> None:
        self._stream, self._encoding, self.number = stream, encoding, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._read()
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LINE_BYTES_MAX:
            while line and not line.endswith(b"\n"):
                line = self._read()
            raise _BadLine("too_long")
        if self.number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError:
            raise _BadLine("encoding") from None

    def _read(self) -> bytes:
        try:
            return self._stream.readline(LINE_BYTES_MAX + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile, OSError) as error:
            raise SourceError("damaged", line=self.number) from error


def _positions(header: list[str], chart: Map) -> dict[str, tuple[int, ...]]:
    """Our column names -> where they stand. Raises SourceError naming every missing column."""
    names = [name.strip() for name in header]
    missing = [t for theirs in chart.columns.values() for t in theirs if t not in names]
    if missing:
        raise SourceError("columns", missing=", ".join(missing), found=", ".join(names)[:300])
    return {ours: tuple(map(names.index, theirs)) for ours, theirs in chart.columns.items()}


class _Wrong(Exception):
    def __init__(self, code: str, **details: object) -> None:
        self.code, self.details = code, details


def _row(
    line: int, cells: list[str], columns: Mapping[str, tuple[int, ...]], width: int, chart: Map
) -> Row | Bad:
    key = ""
    try:
        if len(cells) != width:
            raise _Wrong("width", found=len(cells), wanted=width)
        told = {name: [cells[at].strip() for at in where] for name, where in columns.items()}
        key = told["id"][0]
        return _checked(line, key, told, chart)
    except _Wrong as wrong:
        return Bad(line=line, key=key[:KEY_MAX], code=wrong.code, details=wrong.details)


def _checked(line: int, key: str, told: Mapping[str, list[str]], chart: Map) -> Row:
    def one(name: str) -> str:
        return told[name][0] if name in told else ""

    if not key or len(key) > KEY_MAX:
        raise _Wrong("id")
    opened = _instant(one("opened"), chart, "opened")
    closed = _instant(one("closed"), chart, "closed") if one("closed") else None
    target = _instant(one("target"), chart, "target") if one("target") else None
    if closed is not None and closed < opened:
        raise _Wrong("closed_before_opened")
    words = " — ".join(dict.fromkeys(part for part in told["words"] if part))
    if not words:
        raise _Wrong("words")
    if max(len(words), len(one("address")), len(one("outcome"))) > TEXT_MAX:
        raise _Wrong("too_long")
    category, kind = chart.types.get(one("type"), (chart.category, chart.kind))
    lat, lon = _place(one("lat"), one("lon"))
    return Row(
        line=line,
        key=key,
        opened=opened,
        closed=closed,
        late=bool(closed and target and closed > target),
        words=words,
        address=one("address"),
        category=category,
        kind=kind,
        channel=chart.channels.get(one("channel"), chart.channel),
        district=chart.districts.get(one("district"), chart.district),
        lat_e6=lat,
        lon_e6=lon,
        outcome=one("outcome"),
    )


def _instant(text: str, chart: Map, name: str) -> datetime:
    """A time of the file as UTC. An hour that a change of clocks skips or repeats is settled."""
    try:
        given = datetime.strptime(text, chart.time)  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise _Wrong("time", column=name) from None
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    try:
        return to_utc(given, chart.zone)
    except (OverflowError, ValueError):
        raise _Wrong("time", column=name) from None


def _place(lat: str, lon: str) -> tuple[int | None, int | None]:
    if not lat or not lon:
        return None, None
    try:
        north, east = float(lat), float(lon)
    except ValueError:
        raise _Wrong("place") from None
    if not (-90 <= north <= 90 and -180 <= east <= 180):  # also what is not a number
        raise _Wrong("place")
    return round(north * 1e6), round(east * 1e6)
