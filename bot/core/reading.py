"""What a sentence was understood to say: the seam between understanding and the rest."""

from dataclasses import dataclass

from bot.core.kinds import Category, Intent, Priority


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is, normalised by taxonomy.md; None where the text does not say."""

    building: str | None = None
    unit: str | None = None
    room: str | None = None
    area: str | None = None

    def __bool__(self) -> bool:
        return any((self.building, self.unit, self.room, self.area))


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a message."""

    category: Category
    priority: Priority


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, read.

    ``faults`` stand most dangerous first and are empty unless the intent is report or not_fixed.
    ``why`` says in short Chinese phrases which words decided what.
    ``sure`` is False where a person of customer service has to look (待核实); danger to life is never unsure.
    ``score`` is 1 to 5 where the text gives one.
    """

    intent: Intent
    faults: tuple[Fault, ...] = ()
    place: Place = NOWHERE
    why: tuple[str, ...] = ()
    phone: str | None = None
    score: int | None = None
    sure: bool = True
