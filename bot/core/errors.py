"""The one way a rule says no."""


class Refused(Exception):
    """A rule says no to a person: ``key`` names the sentence that says why and what to do instead.

    Whatever the handler had done in this turn is undone; the person hears the sentence.
    """

    def __init__(self, key: str, /, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields
