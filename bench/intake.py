"""Figure 1: the served full intake against a bare decrypt-and-echo under the same server and load."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.echo import create_app
from bench.estate import Estate, found
from bench.figure import Figure
from bench.load import Plan, Result, run
from bench.mail import Mail
from bench.serving import serving
from bot.sandbox.crypto import decrypt
from bot.sandbox.platform import Platform
from bot.sandbox.xmlform import read_flat

CONNECTIONS = 8
WARM_S = 0.5
# More than any machine answers, so that the time ends a round and not the supply.
ECHO_AT_MOST, INTAKE_AT_MOST = 8_000, 4_000


@dataclass(frozen=True)
class Round:
    """One echo and one intake measured right after each other, in requests per second."""

    echo: float
    intake: float
    rows_per_order: dict[str, float]

    @property
    def ratio(self) -> float:
        return self.intake / self.echo


@dataclass(frozen=True)
class Rounds:
    """Every round."""

    rounds: list[Round]

    def figures(self) -> list[Figure]:
        """The median of the rounds' ratios, and what stands behind it."""
        ratios = [r.ratio for r in self.rounds]
        spread = f"{len(ratios)} interleaved rounds from {min(ratios):.2f} to {max(ratios):.2f}; stretch 0.5"
        rows = ", ".join(f"{count:.1f} {name}" for name, count in self.rounds[-1].rows_per_order.items())
        return [
            Figure("served intake / served echo", median(ratios), "×", 0.3, at_least=True, note=spread),
            Figure("served intake", median(r.intake for r in self.rounds), "/s", note=f"rows an order: {rows}"),
            Figure("served echo", median(r.echo for r in self.rounds), "/s"),
        ]


def measure(folder: Path, rounds: int, seconds: float, say: Callable[[str], None] = print) -> list[Figure]:
    """Intake is the product's own application with its durable commit (SQLite, WAL, FULL), senders and ticker stopped;
    echo is wechatpy alone: decrypt, parse, answer with the same words encrypted, store nothing. Both run under the
    product's web server in a process of their own with the same threads, and answer the same load: 8 connections kept
    alive, each busy all the time, every message from a resident and a room of its own. Rounds are interleaved; each
    intake has a fresh database with thirty people and a duty list, and every other round begins with the intake, so
    that a drift of the machine favours neither. The ratio is the median of the rounds' ratios. The measurement breaks
    off where an answer is not 200 or orders, stored messages and accepted messages differ in number.
    """
    platform = Platform()
    mail = Mail(platform)
    done = []
    for number in range(rounds):
        estate = found(folder / f"intake{number}", platform)
        _check_echo(estate, mail)
        rates: dict[str, float] = {}
        for kind in ("echo", "intake") if number % 2 == 0 else ("intake", "echo"):
            result = _one(kind, estate, mail, seconds)
            rates[kind] = result.rate
            if kind == "intake":
                _check(estate, result)
        rows = {name: estate.count(name) / estate.count("orders") for name in ("log", "timers", "outbox", "inbox")}
        done.append(Round(rates["echo"], rates["intake"], rows))
        say(f"  echo {done[-1].echo:.0f}/s, intake {done[-1].intake:.0f}/s, ratio {done[-1].ratio:.3f}")
    return Rounds(done).figures()


def _one(kind: str, estate: Estate, mail: Mail, seconds: float) -> Result:
    at_most = ECHO_AT_MOST if kind == "echo" else INTAKE_AT_MOST
    with serving(kind, estate.config) as port:
        requests = mail.reports(int((seconds + WARM_S) * at_most))
        return run(Plan(port, requests, CONNECTIONS, seconds=seconds, warm_s=WARM_S))


def _check_echo(estate: Estate, mail: Mail) -> None:
    """The echo does its work: what comes back opens and says the same."""
    wecom = estate.settings.wecom
    query, body = mail.envelope("resident", "听得见吗")
    answer = create_app(estate.settings).test_client().post(f"/wecom/callback?{query}", data=body)
    fields = read_flat(answer.data)
    plain = decrypt(wecom.encoding_aes_key.get_secret_value(), wecom.corp_id, fields["Encrypt"])
    if answer.status_code != 200 or read_flat(plain)["Content"] != "听得见吗":
        raise AssertionError("the echo does not echo")


def _check(estate: Estate, result: Result) -> None:
    orders, stored = estate.count("orders"), estate.count("inbox")
    if result.errors or not orders == stored == result.statuses[200]:
        raise AssertionError(f"answers {dict(result.statuses)}, {stored} messages stored, {orders} orders")
