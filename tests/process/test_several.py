"""Several `baoxiu serve` on one database of a server: what one takes another may send, and none is in another's way."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from processes import Estate, wait_for
from sqlalchemy import select

from bot.store import Database
from bot.store.schema import inbox, jobs, orders, outbox, processes, timers

pytestmark = pytest.mark.databases("postgresql", "mysql")
SEND = "/cgi-bin/message/send"


class Company:
    """An estate with several processes, and one look at what they share."""

    def __init__(self, estate: Estate, url: str) -> None:
        self.first = estate
        self.platform = estate.platform
        self._twins: list[Estate] = []
        self._database = Database(url)

    def another(self) -> Estate:
        self._twins.append(self.first.twin(f"twin{len(self._twins)}"))
        return self._twins[-1]

    def close(self) -> None:
        for each in (self.first, *self._twins):
            each.gone()
        self._database.close()

    def rows(self, *columns) -> list[tuple]:
        with self._database.reading() as tx:
            return [tuple(row) for row in tx.execute(select(*columns))]

    def all_sent(self) -> bool:
        waiting = [key for key, done in self.rows(outbox.c.key, outbox.c.done_at) if done is None]
        return not waiting

    def heard_of_each_order(self, count: int) -> list[int]:
        """How often the reporter was told of each order."""
        heard = self.first.heard("wang")
        return [sum(bool(re.search(rf"工单 {n}(?!\d)", text)) for text in heard) for n in range(1, count + 1)]

    def cards(self) -> list[str]:
        people = ("li", "zhao")
        return [s.task_id for p in people for s in self.platform.phone(p).shown if s.kind == "card"]


@pytest.fixture
def company(build_estate: Callable[..., Estate], borrow: Callable[[Path], str], tmp_path: Path) -> Iterator[Company]:
    url = borrow(tmp_path)
    estate = build_estate(url=url, kf=True)
    estate.fill()
    one = Company(estate, url)
    yield one
    one.close()


def test_two_that_get_the_same_messages_make_one_order_each_and_send_every_letter_once(company: Company) -> None:
    first, second = company.first, company.another()
    for each in (first, second):
        each.launch(wait=False)
    assert wait_for(lambda: first.answers() and second.answers(), 40)
    plains = [company.platform.text_xml("wang", f"{n}栋2单元1502厨房漏水") for n in range(1, 13)]

    def deliver(to: Estate) -> None:
        for plain in plains:
            query, body = company.platform.envelope(plain)
            # As the platform does: what is not taken at once is brought again.
            for _ in range(3):
                if requests.post(f"{to.base}/wecom/callback?{query}", data=body, timeout=10).status_code == 200:
                    break
            else:
                raise AssertionError("not taken")

    both = [threading.Thread(target=deliver, args=(each,)) for each in (first, second)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(company.rows(orders.c.no)) == 12
    assert wait_for(company.all_sent, 40)
    numbers = [no for (no,) in company.rows(orders.c.no)]
    told = company.heard_of_each_order(max(numbers))
    assert [told[no - 1] for no in numbers] == [1] * 12
    assert len(company.cards()) == len(set(company.cards())) == 12
    assert company.platform.token_fetches == 1
    assert len(company.rows(processes.c.id)) == 2
    for each in (first, second):
        assert each.stop()[0] == 0
    assert company.rows(processes.c.id) == []


def test_what_a_web_process_takes_a_worker_sends_and_fetches(company: Company) -> None:
    web, worker = company.first, company.another()
    web.launch(wait=False, role="web")
    worker.launch(wait=False, role="worker")
    assert wait_for(lambda: web.answers() and worker.answers(), 40)
    assert company.platform.member_says("wang", "3栋2单元1502厨房漏水")[-1][0] == 200
    assert wait_for(lambda: company.heard_of_each_order(1) == [1], 20)
    # The doorbell rings at the web process; without its word the worker would look once a minute.
    company.platform.add_customer("wm_he", "何先生")
    assert company.platform.customer_says("wm_he", "2栋大堂灯不亮")[-1][0] == 200
    assert wait_for(lambda: len(company.rows(orders.c.no)) == 2, 20)
    assert (
        requests.post(f"{worker.base}/wecom/callback?msg_signature=x&timestamp=1&nonce=2", timeout=5).status_code != 200
    )
    assert {role for (role,) in company.rows(processes.c.role)} == {"web", "worker"}
    for each in (web, worker):
        assert requests.get(f"{each.base}/readyz", timeout=5).status_code == 200


def test_of_three_processes_two_are_killed_and_the_third_goes_on_with_what_they_held(company: Company) -> None:
    company.platform.line.attempts, company.platform.line.retry_gap = 60, 0.2
    doomed, also, living = company.first, company.another(), company.another()
    for each in (doomed, also, living):
        each.launch(wait=False)
    assert wait_for(lambda: doomed.answers() and also.answers() and living.answers(), 60)
    company.platform.fault(SEND, "stall", 3.0, times=6)
    for n, to in enumerate((doomed, also, doomed, also, living, living), start=1):
        company.platform.callback_url = f"{to.base}/wecom/callback"
        assert company.platform.member_says("wang", f"{n}栋2单元1502厨房漏水")[-1][0] == 200
    for each in (doomed, also):
        each.kill()
    company.platform.clear_faults()
    assert wait_for(company.all_sent, 60)
    assert company.heard_of_each_order(6) == [1] * 6
    assert len(company.cards()) == len(set(company.cards())) == 6
    assert wait_for(lambda: len(company.rows(processes.c.id)) == 1, 20)


def test_a_rolling_restart_loses_no_callback_that_retries(company: Company) -> None:
    first, second = company.first, company.another()
    for each in (first, second):
        each.launch(wait=False)
    assert wait_for(lambda: first.answers() and second.answers(), 40)
    balancer = Balancer([first, second])
    company.platform.deliver = balancer.deliver
    company.platform.line.attempts, company.platform.line.retry_gap = 3, 1.0
    stop, answers = threading.Event(), []

    def speak() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            answers.append(company.platform.member_says("wang", f"{n % 20 + 1}栋{n // 20 + 1}单元1502厨房漏水")[-1][0])
            time.sleep(0.1)

    speaker = threading.Thread(target=speak)
    speaker.start()
    for each in (first, second):
        assert each.stop()[0] == 0
        each.launch()
        assert wait_for(each.answers, 30)
    stop.set()
    speaker.join()
    assert set(answers) == {200}
    kept = [key for key, kind in company.rows(inbox.c.key, inbox.c.kind) if kind == "text"]
    assert len(kept) == len(answers)


class Balancer:
    """What stands before several processes: it asks another where one does not take the connection."""

    def __init__(self, estates: list[Estate]) -> None:
        self._estates = estates
        self._next = 0

    def deliver(self, method: str, query: str, body: bytes) -> tuple[int, bytes]:
        for _ in self._estates:
            self._next += 1
            base = self._estates[self._next % len(self._estates)].base
            try:
                answer = requests.request(method, f"{base}/wecom/callback?{query}", data=body, timeout=5)
                return answer.status_code, answer.content
            except requests.ConnectionError:
                continue
        raise ConnectionRefusedError


def test_a_digest_that_came_due_leaves_once_however_many_are_there(company: Company) -> None:
    first, second, third = company.first, company.another(), company.another()
    first.launch()
    first.stop()
    with company._database.writing() as tx:
        long_ago = min(due for (due,) in tx.execute(select(timers.c.due_at)))
        tx.execute(timers.update().where(timers.c.subject == "digest").values(due_at=long_ago.replace(year=2025)))
    for each in (first, second, third):
        each.launch(wait=False)
    assert wait_for(lambda: all(e.answers() for e in (first, second, third)), 60)
    assert wait_for(lambda: len(company.rows(jobs.c.job, jobs.c.period)) >= 3, 20)
    assert wait_for(company.all_sent, 20)
    heard = [text for text in first.heard("zhou") if "日报" in text]
    assert len(heard) == 1
