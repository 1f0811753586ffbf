"""Writes the parts of the documents that the code itself can say: `python -m tests.docs.generate`.

A part stands between `<!-- made: NAME -->` and `<!-- end: NAME -->`; the text around it is written
by hand. A test compares, so that a forgotten run is noticed.
"""

import ast
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from tests.docs.marks import proofs
from tests.docs.pages import DOCS, ROOT
from tests.docs.wanted import OTHERS, QOM


@cache
def made() -> dict[Path, str]:
    """Every page that has made parts, as it should read now."""
    found = {}
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        fresh = refreshed(text)
        if "<!-- made:" in text:
            found[page] = fresh
    return found


def refreshed(text: str) -> str:
    """`text` with every made part written anew. Raises KeyError for an unknown part."""
    pattern = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)
    return pattern.sub(lambda m: f"{m[1]}{PARTS[m[2]]()}\n{m[3]}", text)


def settings() -> str:
    from peygir.conf.options import OPTIONS

    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for option in OPTIONS:
        default = f"`{option.default}`" if option.default else ""
        secret = " Secret." if option.secret else ""
        lines.append(f"| `{option.name}` | {default} | {option.meaning}{secret} |")
    return "\n".join(lines)


def commands() -> str:
    lines = ["| command | what it does |", "|---|---|"]
    for name, path in command_files().items():
        lines.append(f"| `{name}` | {_help(path)} |")
    return "\n".join(lines)


def command_files() -> dict[str, Path]:
    """Our own commands of manage.py by name."""
    found = (ROOT / "peygir").glob("**/management/commands/*.py")
    return {path.stem: path for path in sorted(found, key=lambda p: p.stem) if path.stem[0] != "_"}


def channels() -> str:
    from peygir.conf.wiring import CHANNELS

    lines = ["| channel | what it is |", "|---|---|"]
    for channel in CHANNELS:
        folder = ROOT.joinpath(*channel.split("."))
        words = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        lines.append(f"| `{folder.name}` | {' '.join(words.split())} |")
    return "\n".join(lines)


def pages_by_role() -> str:
    from peygir.cases.may import PAGES
    from peygir.policy.vocabulary import ROLES

    lines = [f"| | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 1) + "|"]
    for page, roles in PAGES.items():
        cells = " | ".join("✓" if role in roles else "" for role in ROLES)
        lines.append(f"| `{page}` | {cells} |")
    return "\n".join(lines)


def steps() -> str:
    """The steps of the city that is served by default, with who may take them."""
    from peygir.policy.load import load_city

    policy = load_city(ROOT / "cities" / "qom")
    lines = ["| waits in | step | who | leads to |", "|---|---|---|---|"]
    places = {code: stage.steps for code, stage in policy.stages.items()}
    places |= {"anywhere": policy.anywhere, "after closing": policy.after_closing}
    for place, found in places.items():
        for step in found.values():
            who = ", ".join(f"`{actor}`" for actor in step.by)
            if step.approval:
                who += ", approved by the unit's head"
            to = f"`{step.to}`" + (f", ending `{step.ending}`" if step.ending else "")
            lines.append(
                f"| {place} | `{step.code}` {step.words.en} · {step.words.fa} | {who} | {to} |"
            )
    return "\n".join(lines)


def evidence() -> str:
    from peygir.policy.vocabulary import EVIDENCE, SUPPLIED

    lines = ["| word | what stands in the event |", "|---|---|"]
    for word, shape in EVIDENCE.items():
        own = " (supplied by the system)" if word in SUPPLIED else ""
        lines.append(f"| `{word}` | {shape}{own} |")
    return "\n".join(lines)


def requirements() -> str:
    """A table of all rows, then the tests of each."""
    found = proofs()
    lines = ["| row | what is wanted | tests |", "|---|---|---|"]
    for row, (_, wanted) in QOM.items():
        count = sum(row in proof.ids for proof in found)
        lines.append(f"| [{row}](#{row.lower()}) | {wanted} | {count} |")
    for row, (quote, _) in QOM.items():
        lines += ["", f"## {row}", "", f"«{quote}»", ""]
        lines += _by_file(row)
    lines += ["", "## Rows of other cities that are proved already", ""]
    lines += ["I: Isfahan, M: Mashhad, S: Shiraz, T: Tehran.", ""]
    others = {i for proof in found for i in proof.ids} - set(QOM)
    for row in sorted(others, key=lambda each: (each[0], int(each[1:]))):
        lines += [f"**{row}** {OTHERS.get(row, '')}", "", *_by_file(row), ""]
    return "\n".join(lines).rstrip()


def _by_file(row: str) -> list[str]:
    lines, last = [], ""
    for proof in proofs():
        if row not in proof.ids:
            continue
        if proof.file != last:
            lines.append(f"- [{proof.file}](../{proof.file})")
            last = proof.file
        lines.append(f"  - {proof.sentence}")
    return lines


def _help(path: Path) -> str:
    """The `help` of a command, or the first line of its module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == [
            "help"
        ]:
            return str(ast.literal_eval(node.value))
    return (ast.get_docstring(tree) or "").splitlines()[0]


PARTS: Final[dict[str, Callable[[], str]]] = {
    "settings": settings,
    "commands": commands,
    "channels": channels,
    "pages": pages_by_role,
    "steps": steps,
    "evidence": evidence,
    "requirements": requirements,
}


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
    django.setup()
    for page, text in made().items():
        if page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            print(f"{page.relative_to(ROOT)}: written")


if __name__ == "__main__":
    main()
