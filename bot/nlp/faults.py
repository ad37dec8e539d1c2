"""From words to faults: which thing shows which sign, clause by clause, and which of them count."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from bot.core.kinds import Category, Priority
from bot.nlp.cues import Cue, Scan
from bot.nlp.ruleset import Ruleset, Void
from bot.nlp.together import Clues
from bot.nlp.words import Hit

# Danger to life first, whatever the priority; the rest by priority, then as told.
_MOST_DANGEROUS = (Category.ELEVATOR_ENTRAPMENT, Category.GAS_LEAK, Category.FIRE, Category.ELECTRICAL)
_BORDER = re.compile(r"[,?\s]+|\.(?!\d)|(?=但是|不过|而且|另外|还有|结果|现在)|(?<!地)(?=就是)")
# The group of signs that says only that something is broken.
USUAL_SIGN = "broken"
# The void of a thing that is named without any sign: it counts only where nothing else explains the message.
MENTIONED = "mentioned"
# A consequence is told right after its cause (厕所冲不下去，快溢出来了), seldom farther away.
_NEAR = 12
# A letter is about many things: what voids a whole message voids a letter only from its beginning.
LETTER = 50
_BEGINNING = 25
# What is told right beside a danger belongs to it: the lamp and the door of the lift that holds people.
_BESIDE = 10
_LONGEST_THING = 16
_LINKS = frozenset((",", "和", "跟", "与", "及", "以及", "还有", "都", "、", "或者"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fault that some words speak of.

    ``thing`` is the word for the broken thing where one is named. ``weak`` marks a mere wish for repair.
    ``sign_at`` is where the sign begins, before which a denial would stand.
    ``void`` says why the fault does not count; ``rule`` names the rule, and ``written`` one that is an expression.
    """

    category: Category
    priority: Priority
    start: int
    end: int
    thing: str | None = None
    own_thing: bool = False
    weak: bool = False
    sign_at: int = 0
    void: str = ""
    rule: str = ""
    written: bool = False
    doubtful: bool = False
    joined: bool = False

    @property
    def danger(self) -> tuple[int, int, int]:
        """The sort key: most dangerous first."""
        life = self.priority is Priority.EMERGENCY and self.category in _MOST_DANGEROUS
        rank = _MOST_DANGEROUS.index(self.category) if life else len(_MOST_DANGEROUS)
        return rank, self.priority.rank, self.start


def clause_borders(text: str) -> list[int]:
    """Return the positions where clauses begin, 0 and the end included."""
    borders = {0, len(text)}
    for match in _BORDER.finditer(text):
        borders.add(match.end())
    return sorted(borders)


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of the text in which faults do not count, and why."""

    start: int
    end: int
    void: Void
    rule: str


class FaultFinder:
    """Finds the faults that a normalised text tells of."""

    def __init__(self, rules: Ruleset) -> None:
        self._rules = rules
        self._breaks: dict[str | None, set[Category]] = defaultdict(set)
        for (thing, _), (category, _) in rules.pairs.items():
            self._breaks[thing].add(category)

    def find(self, scan: Scan, clues: Clues, hits: list[Hit], borders: list[int]) -> list[Candidate]:
        """Return all candidates, the void ones marked, most dangerous first."""
        text = scan.text
        found: list[Candidate] = []
        things = [hit for hit in hits if hit.word.role == "thing"]
        masks = [hit for hit in hits if hit.word.role == "mask"]
        for hit in hits:
            if hit.word.role == "fault":
                found.append(self._told(hit, things, borders))
            elif hit.word.role == "sign":
                found.extend(self._shown(hit, things, borders, text))
        for cue in scan.cues.get("faults", ()):
            for match in cue.all(text):
                one = self._written(cue, match, things)
                if not self._cuts(one, things, masks, text):
                    found.append(one)
        found.extend(self._joined(clues, things))
        if not found:
            return [hint for thing in things if (hint := self._mentioned(thing))][:1]
        reaches = self._reaches(scan, borders)
        found = _denied_together([self._judged(one, reaches, text) for one in found])
        live = self._settle([one for one in found if not one.void], scan)
        return sorted(live, key=lambda one: one.danger) + [one for one in found if one.void]

    def _mentioned(self, thing: Hit) -> Candidate | None:
        """Return the fault that a thing would have if the message said no more than that something is the matter."""
        outcome = self._rules.pairs.get((thing.word.group, USUAL_SIGN))
        if not outcome:
            return None
        return Candidate(outcome[0], Priority.NORMAL, thing.start, thing.end, thing.word.text, True, void=MENTIONED)

    def _told(self, hit: Hit, things: list[Hit], borders: list[int]) -> Candidate:
        assert hit.word.category
        assert hit.word.priority
        own, carried = _things_for(hit, things, borders)
        thing = next(iter(own), carried)
        name = thing.word.text if thing else None
        return Candidate(hit.word.category, hit.word.priority, hit.start, hit.end, name, bool(own), rule=hit.word.rule)

    def _cuts(self, one: Candidate, things: list[Hit], masks: list[Hit], text: str) -> bool:
        """Return whether an expression takes words for its own that belong to something else.

        It begins in the middle of a thing that never breaks in this way (洒水喷头 holds 水喷) or of a masked word, or
        right behind a thing whose part is meant (快递柜的门), or ends with the sign of another thing (墙上的开关松了).
        Danger is cut only where a name holds the whole of it.
        """
        grave = one.priority is Priority.EMERGENCY
        for hit in masks:
            if hit.start <= one.start < hit.end and (not grave or one.end <= hit.end):
                return True
        inside: list[Hit] = []
        # Things stand in order; none is longer than a dozen characters, and only those near can matter.
        for thing in things[bisect_left(things, one.start - _LONGEST_THING, key=_start) :]:
            if thing.start >= one.end:
                break
            foreign = one.category not in self._breaks[thing.word.group]
            if foreign and thing.start < one.start < thing.end and (not grave or one.end <= thing.end):
                return True
            if (
                foreign
                and not grave
                and one.start > 0
                and text[thing.end : one.start] in ("", "的")
                and thing.end <= one.start
            ):
                return thing.word.group not in self._rules.parts and thing.word.group != "spot"
            if one.start <= thing.start and thing.end <= one.end:
                inside.append(thing)
        # Water runs into and out of everything.
        if grave or len(inside) < 2 or one.category is Category.LEAK:
            return False
        return one.category not in self._breaks[inside[-1].word.group]

    def _written(self, cue: Cue, match: re.Match[str], things: list[Hit]) -> Candidate:
        category, priority = cast(tuple[Category, Priority], cue.says)
        inside = [thing for thing in things if match.start() <= thing.start and thing.end <= match.end()]
        near = inside or [thing for thing in things if thing.end <= match.start()]
        name = near[-1].word.text if near else None
        return Candidate(
            category, priority, match.start(), match.end(), name, bool(inside), rule=cue.rule, written=True
        )

    def _joined(self, clues: Clues, things: list[Hit]) -> list[Candidate]:
        """Return the faults that clues make together."""
        found = []
        for rule in self._rules.together:
            if span := clues.span(rule):
                name = next((thing.word.text for thing in things if span[0] <= thing.start < span[1]), None)
                where = (*span, name, name is not None)
                found.append(
                    Candidate(rule.category, rule.priority, *where, rule=rule.rule, doubtful=rule.doubtful, joined=True)
                )
        return found

    def _shown(self, sign: Hit, things: list[Hit], borders: list[int], text: str) -> list[Candidate]:
        weak = sign.word.group in self._rules.weak_signs
        own, carried = _things_for(sign, things, borders)
        for thing in [*own, *([carried] if carried else [])]:
            thing = self._whole(thing, sign, things, text)
            if (thing.word.group, sign.word.group) not in self._rules.pairs:
                continue
            return [
                self._paired(one, sign, one in own, weak)
                for one in _listed_with(thing, things, text)
                if (one.word.group, sign.word.group) in self._rules.pairs
            ]
        if alone := self._rules.pairs.get((None, sign.word.group)):
            category, priority = alone
            near = next(iter(own), carried)
            name = near.word.text if near else None
            rule = f"faults.{category}.pairs: {sign.word.group}"
            return [Candidate(category, priority, sign.start, sign.end, name, bool(own), weak, sign.start, "", rule)]
        return []

    def _whole(self, thing: Hit, sign: Hit, things: list[Hit], text: str) -> Hit:
        """Return the larger thing that a part belongs to (信报箱锁), where it shows such signs; else the thing."""
        before = things[: bisect_left(things, thing.start, key=_start)]
        if thing.word.group not in self._rules.parts or not before:
            return thing
        owner = before[-1]
        joined = text[owner.end : thing.start] in ("", "的")
        return owner if joined and (owner.word.group, sign.word.group) in self._rules.pairs else thing

    def _paired(self, thing: Hit, sign: Hit, own: bool, weak: bool) -> Candidate:
        category, priority = self._rules.pairs[(thing.word.group, sign.word.group)]
        start = min(thing.start, sign.start) if own else sign.start
        end = max(thing.end, sign.end) if own else sign.end
        rule = f"faults.{category}.pairs: {thing.word.group} + {sign.word.group}"
        return Candidate(category, priority, start, end, thing.word.text, own, weak, sign.start, "", rule)

    def _reaches(self, scan: Scan, borders: list[int]) -> list[Reach]:
        text = scan.text
        reaches = []
        for cue in scan.cues.get("voids", ()):
            void = cast(Void, cue.says)
            for match in cue.all(text):
                first, last = _clause(borders, match.start())
                last = max(last, match.end())
                scope = void.scope
                if scope == "message" and len(text) >= LETTER and match.start() > _BEGINNING:
                    scope = "clause"
                if void.unless and void.unless.search(text if scope == "message" else text[first:last]):
                    continue
                span = {
                    "after": (match.start(), last),
                    "before": (0, match.end()),
                    "clause": (first, last),
                    "inside": (match.start(), match.end()),
                    "message": (0, len(text)),
                }[scope]
                reaches.append(Reach(*span, void, cue.rule))
        return reaches

    def _judged(self, one: Candidate, reaches: Iterable[Reach], text: str) -> Candidate:
        void = self._void_of(one, reaches, text)
        return replace(one, void=void) if void else one

    def _void_of(self, one: Candidate, reaches: Iterable[Reach], text: str) -> str:
        for at in () if one.weak or one.joined else (one.start, one.sign_at):
            if self._rules.negators.search(text[max(0, at - 6) : at]):
                return "negated"
        for reach in reaches:
            only = reach.void.categories
            if only and one.category not in only:
                continue
            if one.priority is Priority.EMERGENCY and one.category in reach.void.spares:
                continue
            # What lies ahead of a recovery has to end there too: 修好了又漏 is about the present.
            end = one.end if reach.void.scope in ("before", "inside") else one.start
            if reach.start <= one.start and end <= reach.end:
                return reach.void.name
            # Clues may begin before 要是; what they make together is supposed all the same.
            if one.joined and reach.void.scope == "after" and reach.start < one.end <= reach.end:
                return reach.void.name
        return ""

    def _settle(self, live: list[Candidate], scan: Scan) -> list[Candidate]:
        live = [one for one in live if not (one.weak and _is_repeated(one, live))]
        live = [one for one in live if not self._yields(one, live)]
        best: dict[Category, Candidate] = {}
        for one in live:
            one = self._raised(one, scan)
            kept = best.get(one.category)
            if kept is None or _weight(one) < _weight(kept):
                best[one.category] = one
        best = {category: one for category, one in best.items() if not self._belongs(one, best.values())}
        if len(best) > 1:
            best.pop(Category.OTHER, None)
        return list(best.values())

    def _belongs(self, one: Candidate, others: Iterable[Candidate]) -> bool:
        """Return whether a fault is only part of what is told beside it: the dead lamp of a lift with people in it."""
        near = self._rules.kinds[one.category].hidden_near
        return one.priority is not Priority.EMERGENCY and any(
            other.category in near and _gap(one, other) <= _BESIDE for other in others
        )

    def _yields(self, one: Candidate, live: list[Candidate]) -> bool:
        kind = self._rules.kinds[one.category]
        if any(other.category in kind.hidden_by for other in live):
            return True
        return any(
            other.category in kind.yields_to
            and (
                _touch(one, other)
                or (not one.own_thing and (one.thing == other.thing or _near(one, other)))
                or (not other.own_thing and one.thing == other.thing and one.end <= other.start)
            )
            for other in live
        )

    def _raised(self, one: Candidate, scan: Scan) -> Candidate:
        for cue in scan.cues.get(f"raise.{one.category}", ()):
            _, priority = cast(tuple[Category, Priority], cue.says)
            if priority.rank < one.priority.rank and cue.regex.search(scan.text):
                one = replace(one, priority=priority, rule=cue.rule)
        return one


def _start(hit: Hit) -> int:
    return hit.start


def _denied_together(found: list[Candidate]) -> list[Candidate]:
    """Void every candidate that holds a denied one of its category: an expression does not see the 没 inside it."""
    denied = [one for one in found if one.void == "negated"]
    return [
        replace(one, void="negated") if not one.void and any(_holds(one, other) for other in denied) else one
        for one in found
    ]


def _holds(one: Candidate, other: Candidate) -> bool:
    if one.category is not other.category or not one.start <= other.start < one.end:
        return False
    # Of an expression the denied word may be the end only; a word that begins with 没 is not denied by it.
    return other.end <= one.end or one.written


def _touch(one: Candidate, other: Candidate) -> bool:
    return one.start < other.end and other.start < one.end


def _weight(one: Candidate) -> tuple[int, bool, bool]:
    """Of one category the gravest counts; then what is certain, then what stands together."""
    return one.priority.rank, one.doubtful, one.joined


def _gap(one: Candidate, other: Candidate) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _near(one: Candidate, other: Candidate) -> bool:
    return 0 <= one.start - other.end <= _NEAR or 0 <= other.start - one.end <= 2


def _is_repeated(one: Candidate, live: list[Candidate]) -> bool:
    others = [other for other in live if other is not one and not other.weak]
    if not one.own_thing:
        return bool(others)
    return any(other.thing == one.thing or other.category is one.category for other in others)


def _clause(borders: list[int], position: int) -> tuple[int, int]:
    index = bisect_right(borders, position)
    return borders[index - 1], borders[min(index, len(borders) - 1)]


def _things_for(hit: Hit, things: list[Hit], borders: list[int]) -> tuple[list[Hit], Hit | None]:
    """Return the things of the hit's own clause, nearest before it first, and the last one named earlier."""
    first, last = _clause(borders, hit.start)
    begin, here = bisect_left(things, first, key=_start), bisect_left(things, hit.start, key=_start)
    after = things[bisect_right(things, hit.start, key=_start) : bisect_left(things, last, key=_start)]
    return things[begin:here][::-1] + after, things[begin - 1] if begin else None


def _listed_with(thing: Hit, things: list[Hit], text: str) -> list[Hit]:
    """Return the thing and those listed right before it (楼道灯和单元门)."""
    listed = [thing]
    for earlier in reversed(things[: bisect_left(things, thing.start, key=_start)]):
        if text[earlier.end : listed[-1].start].strip() not in _LINKS:
            break
        listed.append(earlier)
    return listed
