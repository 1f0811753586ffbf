"""A city that takes over an archive: the first city, whose policy also names an ending for it."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "import-requests.md"


def snippet() -> str:
    """The lines that the how-to tells a city to add to its policy."""
    text = HOW_TO.read_text("utf-8")
    return text.split("```toml\n[anywhere.closed_before]", 1)[1].split("```", 1)[0]


def city(folder: Path) -> Path:
    """A copy of the first city in `folder`, with those lines added."""
    made = folder / "archive"
    shutil.copytree(ROOT / "cities" / "qom", made)
    policy = made / "policy.toml"
    added = f"\n[anywhere.closed_before]{snippet()}"
    policy.write_text(policy.read_text("utf-8") + added, "utf-8")
    texts = {"fa": "۱۳۷: پیام {code} در سامانهٔ پیشین خاتمه یافته بود.",
             "en": "137: message {code} had been closed in the former system."}  # fmt: skip
    for language, words in texts.items():
        file = made / f"texts.{language}.toml"
        said = file.read_text("utf-8")
        file.write_text(said.replace("[sms]\n", f'[sms]\nclosed_before = "{words}"\n', 1), "utf-8")
    return made
