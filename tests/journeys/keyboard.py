"""A page driven by keys alone: no mouse, no click, no fill. Where the focus goes must be seen."""

from typing import Any

TABS_MAX = 160
#: Whether what has the focus is drawn: its own ring, or that of the label drawn in its place.
SEEN = """() => {
  const own = document.activeElement;
  const name = own.outerHTML.slice(0, 120);
  const ringed = [own, own.nextElementSibling].filter((one) => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  if (!ringed.length) return "no ring on " + name;
  const boxes = ringed.map((one) => one.getBoundingClientRect());
  const large = boxes.filter((box) => box.width > 4 && box.height > 4);
  if (!large.length) return "too small: " + name;
  const there = large.filter((box) => box.bottom > 0 && box.top < innerHeight);
  if (!there.length) return "off the screen: " + name;
  const free = there.some((box) => [0.15, 0.5, 0.85].some((part) => {
    const down = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
    const hit = document.elementFromPoint(box.left + box.width * part, down);
    return hit && (ringed.some((one) => one.contains(hit)) || hit.contains(own));
  }));
  return free ? "" : "something lies over " + name;
}"""


class Keys:
    """What a person without a mouse can do: Tab to a thing, press, type."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Tab until `selector` has the focus; every stop on the way shows where it is."""
        for _ in range(TABS_MAX):
            if self._is_at(selector):
                return
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement !== document.body"):
                hidden = self.page.evaluate(SEEN)
                assert not hidden, hidden
        raise AssertionError(f"Tab never reached {selector} on {self.page.url}")

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def go(self, selector: str) -> None:
        """Press what leads to another page, and wait for it."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Pick one of a group of radio buttons or of a list, with the arrows."""
        self.to(f"[name='{name}']")
        if self._chosen(name) == value:
            return
        self.page.keyboard.press("Space") if self._is_at("[type=radio]") else None
        for _ in range(TABS_MAX):
            if self._chosen(name) == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reached {name}={value}")

    def sign_in(self, address: str, username: str, password: str) -> None:
        self.page.goto(f"{address}/desk/login/")
        self.write("[name=username]", username)
        self.write("[name=password]", password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _is_at(self, selector: str) -> bool:
        return bool(self.page.evaluate("(s) => document.activeElement.matches(s)", selector))

    def _chosen(self, name: str) -> str:
        found = self.page.evaluate(
            """(name) => {
              const own = document.activeElement;
              if (own.tagName === "SELECT") return own.value;
              const all = [...document.getElementsByName(name)];
              return all.find((one) => one.checked)?.value ?? "(none)";
            }""",
            name,
        )
        return str(found)
