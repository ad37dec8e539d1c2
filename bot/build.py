"""The only place where the real parts are chosen and put together."""

from dataclasses import dataclass
from importlib.resources import files

from bot import store
from bot.clock import Clock
from bot.core.dues import Policy, Target
from bot.core.hours import QuietHours, WorkingHours
from bot.core.kinds import Priority
from bot.core.workdays import WorkCalendar
from bot.desk import Desk
from bot.nlp import load_reader
from bot.nlp.version import rules_version
from bot.settings import Settings
from bot.store.identity import salt_of
from bot.store.tokens import DatabaseTokens
from bot.wecom.carrier import Carrier
from bot.wecom.client import Account, WeComClient
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.outgoing import outgoing_of


@dataclass(frozen=True, slots=True)
class House:
    """Everything one process needs. ``kf`` is the app's own client where 微信客服 has no secret of its own."""

    settings: Settings
    desk: Desk
    app: WeComClient
    kf: WeComClient
    carrier: Carrier
    app_crypto: CallbackCrypto
    kf_crypto: CallbackCrypto | None

    def close(self) -> None:
        """Give back the database."""
        self.desk.db.close()


def build(settings: Settings, clock: Clock) -> House:
    """Put the house together on a database that is at the present schema."""
    database = store.Database(settings.store.url)
    wecom = settings.wecom
    reader = load_reader(settings.rules.extra)
    desk = Desk(
        db=database,
        clock=clock,
        settings=settings,
        policy=policy_of(settings),
        reader=reader,
        rules_version=rules_version(settings.rules.extra),
    )
    outgoing = outgoing_of(settings)
    account = Account(wecom.corp_id, wecom.secret.get_secret_value(), wecom.api_base_url, outgoing)
    app = WeComClient(account, clock, DatabaseTokens(database, "app", desk.me.id))
    kf = app
    kf_crypto = None
    if settings.kf is not None:
        if settings.kf.secret is not None:
            own = Account(wecom.corp_id, settings.kf.secret.get_secret_value(), wecom.api_base_url, outgoing)
            kf = WeComClient(own, clock, DatabaseTokens(database, "kf", desk.me.id))
        if settings.kf.token is not None or settings.kf.encoding_aes_key is not None:
            token = settings.kf.token or wecom.token
            key = settings.kf.encoding_aes_key or wecom.encoding_aes_key
            kf_crypto = CallbackCrypto(token.get_secret_value(), key.get_secret_value(), wecom.corp_id)
    duty = settings.duty
    carrier = Carrier(app, kf, wecom.agent_id, duty.robot_webhook, duty.escalation_webhook, salt_of(database))
    crypto = CallbackCrypto(wecom.token.get_secret_value(), wecom.encoding_aes_key.get_secret_value(), wecom.corp_id)
    return House(settings, desk, app, kf, carrier, crypto, kf_crypto)


def policy_of(settings: Settings, calendar: WorkCalendar | None = None) -> Policy:
    """The figures of the property, as the clocks want them."""
    targets = {}
    for priority in Priority:
        sla = settings.sla.of(priority)
        working = sla.clock == "working"
        sources = (sla.accept_source, sla.arrive_source, sla.finish_source)
        lease = sla.forgotten_after * sla.arrive_within or None
        targets[priority] = Target(
            sla.accept_within, sla.arrive_within, sla.finish_within, working=working, sources=sources, lease=lease
        )
    quiet, hours = settings.duty.quiet_hours, settings.working_hours
    calendar = calendar or WorkCalendar(settings.official_days)
    return Policy(
        targets=targets,
        close_unconfirmed_after=settings.orders.close_unconfirmed_after,
        ask_score_after=settings.satisfaction.ask_after,
        remind_score_after=settings.satisfaction.remind_after,
        join_within=settings.orders.join_within,
        reopen_within=settings.orders.reopen_within,
        working=WorkingHours(hours.hours, hours.days, calendar.is_workday, settings.community.timezone),
        quiet=QuietHours(quiet.start, quiet.end, settings.community.timezone) if quiet else None,
    )


def notice_html() -> str:
    """The page about privacy."""
    return (files("bot.web") / "privacy.html").read_text("utf-8")
