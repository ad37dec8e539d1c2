"""Two opinions become one: what the rules found, and what labelled sentences have taught of such words.

Rules know what their authors thought of; the weights (`bot.nlp.learned`) know how such messages mostly go on, and what
the rules are worth. A danger counts long before it is certain.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import Context
from bot.nlp.faults import Candidate
from bot.nlp.intents import Choice, IntentCues
from bot.nlp.learned import DANGER, Learned, Opinion
from bot.nlp.ruleset import FaultKind
from bot.nlp.words import Hit

# The name under which evidence of the weights stands.
LEARNED = "learned"
# Found on sentences that neither rules nor weights had seen (docs/understanding.md): from here on a danger is
# dispatched as one; from ASK on one that a rule knows is too, and of any other a person of customer service is told;
# from CERTAIN on it is not marked doubtful.
DISPATCH, ASK, CERTAIN = 0.25, 0.1, 0.7
# A category counts from here on if no rule found it, and down to KEEP if one did.
ADD, KEEP, KEEP_DANGER = 0.45, 0.4, 0.2
# Of so many faults told in one message all that rules found are kept.
LISTED = 4
# What no rule understands and of which no intent is so likely goes to a person.
UNDERSTOOD = 0.5
# Of a report in which nothing is certain the likeliest is taken: one that a rule found, unless it is less likely than
# this. A person looks at it where the likeliest is less likely than GUESS.
GIVEN_UP, GUESS = 0.1, 0.25
# A shout (救命) has too few words to weigh: there the rules decide about danger, and what they read as a report
# (灯坏了) is one unless the weights are this sure of something else.
_SHOUT, SURE_OF_A_SHOUT = 8, 0.9
_LIFE = frozenset(
    (
        *(Category.ELEVATOR_ENTRAPMENT, Category.GAS_LEAK, Category.FIRE, Category.ELECTRICAL, Category.LEAK),
        *(Category.CIVIL, Category.PUBLIC_FACILITY, Category.POWER_OUTAGE, Category.ELEVATOR_FAULT),
        Category.DOORS_WINDOWS,
    )
)
# Whatever is told of these is danger to life, if it is true.
_ALWAYS = frozenset((Category.ELEVATOR_ENTRAPMENT, Category.GAS_LEAK, Category.FIRE))
_TELLING = (Intent.REPORT, Intent.NOT_FIXED)


class Settled(NamedTuple):
    """What the two opinions make together; ``asks`` if a person should look for a danger."""

    choice: Choice
    live: list[Candidate]
    asks: bool


def marks(
    cues: IntentCues,
    hits: Sequence[Hit],
    found: Sequence[Candidate],
    choice: Choice,
    placed: bool,
    context: Context | None,
) -> Iterator[str]:
    """Yield what the rules found in a message, as names that have weights."""
    yield f"I={choice.intent}"
    yield f"rec={choice.recognised}"
    yield f"rule={choice.rule}"
    live = 0
    for one in found:
        if one.void:
            yield f"V={one.void}"
            yield f"V={one.void}:{one.category}"
            continue
        live += 1
        kind = "w" if one.written else "j" if one.joined else "p"
        yield f"L={one.category}"
        yield f"LP={one.category}:{one.priority}:{one.doubtful}"
        yield f"Lk={one.category}:{kind}{one.own_thing:d}"
    yield f"n={min(3, live)}"
    yield f"len={min(8, len(cues.scan.text) // 8)}"
    if placed:
        yield "placed"
    yield from _cues(cues)
    for hit in hits:
        yield f"W={hit.word.role}:{hit.word.group}"
    if context is not None:
        yield f"A={context.asked}"
        yield f"A={context.asked}&I={choice.intent}"
        yield from (f"O={order.status}" for order in context.open)


def _cues(cues: IntentCues) -> Iterator[str]:
    scan = cues.scan
    for group in scan.cues:
        if group == "voids":
            yield from (f"GV={one.rule}" for one in scan.cues[group] if one.regex.search(scan.text))
        elif group.startswith("clues."):
            if cues.clues.has(group[len("clues.") :]):
                yield f"G={group}"
        elif group.startswith(("intents.", "raise.")) and scan.first(group):
            yield f"G={group}"


def settle(
    learned: Learned,
    opinion: Opinion,
    choice: Choice,
    found: Sequence[Candidate],
    text: str,
    kinds: Mapping[Category, FaultKind],
    own: frozenset[Category],
    firm: bool,
    *,
    nothing_open: bool = False,
) -> Settled:
    """Return what counts in a text. ``own`` are categories that a property's own rules found; the intent is ``firm``
    if these made it, or there are no words to weigh. With ``nothing_open`` there is nothing to add to: then
    what the rules read as a report is one (厨房漏水，明天上午有人在家), and what they do not know is for a person."""
    live = [one for one in found if not one.void]
    faults = _faults(learned, opinion, found, kinds, own)
    faults, asks = _danger(learned, opinion, faults, live, kinds, own)
    if len(text) <= _SHOUT:
        faults = [one for one in live if one.priority is Priority.EMERGENCY] or faults
    graves = any(one.priority is Priority.EMERGENCY for one in faults)
    if not (nothing_open and _of_no_order(opinion, choice)):
        choice = _intent(learned, opinion, choice, text, graves, firm)
    if choice.intent is Intent.REPORT and not faults:
        faults = [_guessed(learned, opinion, found, kinds)]
        graves = faults[0].priority is Priority.EMERGENCY
        asks = asks or opinion.chances[faults[0].category] < GUESS
    if graves:
        # Of what is not taken for a report (卡在电梯里了，什么态度 as a complaint) no fault is told on.
        asks = choice.intent not in _TELLING
    return Settled(choice, sorted(faults, key=lambda one: one.danger), asks)


def _of_no_order(opinion: Opinion, choice: Choice) -> bool:
    """Whether the weights see a word about an order, of which the rules know nothing; or only an addition."""
    if opinion.intent is Intent.SUPPLEMENT and choice.intent is Intent.REPORT:
        return True
    return opinion.intent.is_about_an_order and choice.intent is Intent.OTHER and not choice.recognised


def _guessed(
    learned: Learned, opinion: Opinion, found: Sequence[Candidate], kinds: Mapping[Category, FaultKind]
) -> Candidate:
    """The likeliest fault of a report; an emergency only where the likeliest is one by its nature."""
    best = max(opinion.chances, key=lambda category: (opinion.chances[category], category))
    if best in _ALWAYS and opinion.danger >= ASK:
        return replace(_added(learned, opinion, best, found, kinds), priority=Priority.EMERGENCY, doubtful=True)
    by_rules = [one for one in found if not one.void and opinion.chances[one.category] > GIVEN_UP]
    calm = [one for one in by_rules if one.priority is not Priority.EMERGENCY]
    if calm:
        return max(calm, key=lambda one: opinion.chances[one.category])
    guess = _added(learned, opinion, best, found, kinds)
    return replace(guess, priority=Priority.URGENT) if guess.priority is Priority.EMERGENCY else guess


def _intent(learned: Learned, opinion: Opinion, choice: Choice, text: str, graves: bool, firm: bool) -> Choice:
    told = choice.intent in _TELLING
    # 水管爆了，明天上午有人在家: an addition that tells of a danger is no addition.
    adds = opinion.intent is Intent.SUPPLEMENT
    # So is one that rules read as a report, whatever else it says, if it is likely enough to go out at all.
    if graves and opinion.intent not in _TELLING and (not told or adds or opinion.danger >= DISPATCH):
        return choice if told else Choice(Intent.REPORT, rule=LEARNED)
    if opinion.intent is choice.intent or firm:
        return choice
    short = choice.intent is Intent.REPORT and len(text) <= _SHOUT
    if short and opinion.intent not in _TELLING and opinion.likely < SURE_OF_A_SHOUT:
        return choice
    if not choice.recognised and choice.intent is Intent.OTHER and opinion.likely < UNDERSTOOD:
        return choice
    start, end = learned.words(opinion, f"intent.{opinion.intent}")
    return Choice(opinion.intent, text[start:end], choice.score, rule=LEARNED)


def _faults(
    learned: Learned,
    opinion: Opinion,
    found: Sequence[Candidate],
    kinds: Mapping[Category, FaultKind],
    own: frozenset[Category],
) -> list[Candidate]:
    live = [one for one in found if not one.void]
    # Sentences that tell of so many faults are too rare to be weighed.
    kept = live if len(live) >= LISTED else [one for one in live if _counts(opinion, one, own)]
    known = {one.category for one in kept}
    more = [category for category, chance in opinion.chances.items() if chance >= ADD and category not in known]
    kept += [_added(learned, opinion, category, found, kinds) for category in more]
    if len(kept) > 1:
        kept = [one for one in kept if one.category is not Category.OTHER] or kept
    return kept


def _counts(opinion: Opinion, one: Candidate, own: frozenset[Category]) -> bool:
    """Whether what a rule found is to be believed; of dangers, once there is one, the less likely ones too."""
    grave = one.priority is Priority.EMERGENCY and opinion.danger >= DISPATCH
    return opinion.chances[one.category] >= (KEEP_DANGER if grave else KEEP) or one.category in own


def _added(
    learned: Learned,
    opinion: Opinion,
    category: Category,
    found: Sequence[Candidate],
    kinds: Mapping[Category, FaultKind],
) -> Candidate:
    """A fault that the weights see, with the words that a rule had dropped where there are such."""
    dropped = next((one for one in found if one.void and one.category is category), None)
    if dropped is not None:
        return replace(dropped, void="")
    start, end = learned.words(opinion, category)
    return Candidate(category, kinds[category].priority, start, end, rule=LEARNED)


def _danger(
    learned: Learned,
    opinion: Opinion,
    faults: list[Candidate],
    live: Sequence[Candidate],
    kinds: Mapping[Category, FaultKind],
    own: frozenset[Category],
) -> tuple[list[Candidate], bool]:
    """Return the faults with the danger that is likely, and whether a person should look for one."""
    grave = [one for one in faults if one.priority is Priority.EMERGENCY]
    meant = any(one.priority is Priority.EMERGENCY for one in live)
    if grave and meant and ASK <= opinion.danger < DISPATCH:
        # A rule that knows the words and weights that are not against it: it goes out, and a person is told.
        return [replace(one, doubtful=True) if one in grave else one for one in faults], False
    if opinion.danger < DISPATCH:
        calm = [_calmed(one, kinds) if one in grave and one.category not in own else one for one in faults]
        # What is sent to somebody anyhow is not held up by a small doubt.
        return calm, meant or (opinion.danger >= ASK and not faults)
    doubtful = opinion.danger < CERTAIN
    if grave:
        return [replace(one, doubtful=True) if doubtful and one.rule == LEARNED else one for one in faults], False
    if meant and not any(one.category in _LIFE for one in faults):
        # It is likely, and a rule knows which: the one that is likeliest of those.
        ours = [one for one in live if one.priority is Priority.EMERGENCY]
        return [*faults, max(ours, key=lambda one: opinion.chances[one.category])], False
    likely = max(_LIFE, key=lambda category: (opinion.chances[category], category))
    if opinion.chances[likely] < GIVEN_UP and opinion.chances[Category.OTHER] >= ADD:
        likely = Category.OTHER  # a cry (help, 🆘): what the danger is, nobody has said
    mine = next((one for one in faults if one.category is likely), None)
    if mine is None:
        start, end = learned.words(opinion, DANGER)
        mine = Candidate(likely, Priority.EMERGENCY, start, end, rule=LEARNED, doubtful=doubtful)
        return [*faults, mine], False
    raised = replace(mine, priority=Priority.EMERGENCY, doubtful=doubtful, rule=LEARNED)
    return [raised if one is mine else one for one in faults], False


def _calmed(one: Candidate, kinds: Mapping[Category, FaultKind]) -> Candidate:
    """What a rule took for a danger that is not likely; where the category itself is one, it is at least doubtful."""
    usual = kinds[one.category].priority
    return replace(one, priority=usual, doubtful=usual is Priority.EMERGENCY)
