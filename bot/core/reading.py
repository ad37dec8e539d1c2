"""What a sentence was understood to say: the seam between understanding and the rest."""

from dataclasses import dataclass

from bot.core.kinds import Category, Intent, Priority
from bot.core.visits import Visit


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
    """One fault of a message.

    ``place`` is where this fault is, NOWHERE where the text does not say; faults of one message can be in several
    places. ``doubtful`` marks a danger that the words only hint at: it is dispatched as one, and a person is told.
    """

    category: Category
    priority: Priority
    place: Place = NOWHERE
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something was read: the ``words`` at ``start`` to ``end`` of the text, under which ``rule`` of the files.

    ``says`` is what they decided, in short Chinese: 漏水/加急, 不算（否定）, 意图：催单.
    """

    rule: str
    words: str
    start: int
    end: int
    says: str


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """What reading wants to know of an order of the sender; ``status`` is a code of core.orders.Status."""

    no: int
    category: Category
    status: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Context:
    """What came before a message.

    ``asked`` is the kind of the question that the bot put last and that is still open: place, what, confirm, score,
    reply; None for none. ``open`` are the sender's orders that are not over, and those just finished, latest first.
    """

    asked: str | None = None
    open: tuple[OpenOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, read.

    ``also`` are further intents of the same message, in the order in which they are to be done (修好了，5分，谢谢 is
    confirm, also rate and thanks).
    ``faults`` stand most dangerous first and are empty unless the intent is report or not_fixed.
    ``place`` is that of the most dangerous fault; ``candidates`` are the rooms of the register that may be meant where
    the place told is not just one of them, likeliest first.
    ``visit`` is the time at which the sender wants somebody to come.
    ``why`` says in short Chinese phrases which words decided what; ``evidence`` says it with spans and rules.
    ``sure`` is False where a person of customer service has to look (待核实); danger to life is never unsure.
    ``alarming`` if the words may tell of a danger that is not among the faults: then ``sure`` is False.
    ``score`` is 1 to 5 where the text gives one.
    """

    intent: Intent
    faults: tuple[Fault, ...] = ()
    place: Place = NOWHERE
    why: tuple[str, ...] = ()
    phone: str | None = None
    score: int | None = None
    sure: bool = True
    alarming: bool = False
    also: tuple[Intent, ...] = ()
    visit: Visit | None = None
    candidates: tuple[Place, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def doubtful(self) -> bool:
        """True if a danger in it is only hinted at: customer service is told, and may correct it."""
        return any(fault.doubtful for fault in self.faults)
