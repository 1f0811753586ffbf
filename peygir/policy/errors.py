"""The one error of this room."""


class PolicyError(Exception):
    """A city's files cannot be taken as they are. Says where and why, in one plain English line.

    `file` is the name inside the city's folder, `key` the dotted place in it ("" = all of it).
    """

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(file, key, reason)
        self.file = file
        self.key = key
        self.reason = reason

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.reason}"
