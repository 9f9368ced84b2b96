"""The one error that people see: what failed, the detail, and what to do."""

#   LeadrelayError
#   |- and nothing else: a bug keeps its traceback, a refused message is a value (schemas.codec.Refusal)


class LeadrelayError(Exception):
    """A failure with a remedy.

    Attributes:
        what: What failed, as a short sentence without a full stop.
        detail: The fact behind it: an address, a key, the library's own words.
        remedy: What the reader can do about it.
        exit_code: The process's exit code when the error ends it (1 to 125).
    """

    def __init__(self, what: str, detail: str, remedy: str, *, exit_code: int = 1) -> None:
        super().__init__(what, detail, remedy)
        self.what, self.detail, self.remedy, self.exit_code = what, detail, remedy, exit_code

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}. {self.remedy}"
