from __future__ import annotations

import asyncio
import json
import re
import xml.etree.ElementTree as Xml
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import ConfigError, MediaError
from core.types import (
    Action,
    ActionStatus,
    Button,
    ButtonsPart,
    CardPart,
    Entity,
    FlowFrame,
    Message,
    Part,
    Percept,
    Reply,
    SetSlot,
    TextPart,
    Turn,
    Understanding,
)
from learning.evaluation.cases import Case, Expectation, Said, Write
from learning.evaluation.cases_html import write_html
from learning.evaluation.cases_judge import judge
from learning.evaluation.cases_junit import write_junit
from learning.evaluation.cases_run import Trial, pass_hat, report_of, run_cases
from learning.evaluation.cases_trace import as_text, trace

_SWAP = "exchange_delivered_order_items"


def _action(name: str, status: ActionStatus = ActionStatus.DONE, **arguments: object) -> Action:
    return Action(name=name, arguments=arguments, idempotency_key="k", clause="some/clause", status=status)


def _turn(
    *parts: Part, actions: Sequence[Action] = (), outcome: str = "answered", channel: str = "web", said: str = "hi"
) -> Turn:
    message = Message(
        id="m",
        channel=channel,
        external_id="m",
        conversation_id="c",
        sender_id="s",
        text=said,
        received_at=datetime.now(UTC),
        trace_id="t",
    )
    shown = parts or (TextPart(text="hello"),)
    return Turn(
        id="t",
        message=message,
        percept=Percept(message_id="m"),
        understanding=Understanding(
            commands=(SetSlot(slot="order_id", value="#W1"),),
            entities=(Entity(kind="order_id", value="#W1", text="w1", start=0, end=2),),
        ),
        actions=tuple(actions),
        replies=(Reply(id="r", turn_id="t", seq=0, parts=shown, language="en"),),
        timings={},
        outcome=outcome,
        steps=("settle.confirm",),
        stack=(FlowFrame(flow="settle", step="confirm"),),
    )


def _case(case_id: str = "one", **expect: object) -> Case:
    return Case(
        id=case_id,
        language="en",
        channel="web",
        turns=(Said(text="hi"),),
        expect=Expectation(**expect),  # type: ignore[arg-type]
        file=Path("cases.yaml"),
        line=1,
    )


def _write(name: str, arguments: Mapping[str, object]) -> Write:
    return Write(name=name, arguments=arguments)


def test_exactly_the_expected_writes_pass_in_any_order() -> None:
    turns = [_turn(actions=[_action("b", order_id="#W2")]), _turn(actions=[_action("a", order_id="#W1", number=5)])]
    case = _case(writes=(_write("a", {"order_id": "#W1", "number": "5"}), _write("b", {"order_id": "#W2"})))

    assert judge(case, turns) == ()


def test_a_write_too_many_one_too_few_and_one_twice_are_faults() -> None:
    done = _action("a", order_id="#W1")
    wanted = (_write("a", {"order_id": "#W1"}),)

    assert judge(_case(writes=()), [_turn(actions=[done])]) == ('did what nobody expected: a {"order_id": "#W1"}',)
    assert judge(_case(writes=wanted), [_turn()]) == ('did not do: a {"order_id": "#W1"}',)
    assert len(judge(_case(writes=wanted), [_turn(actions=[done, done])])) == 1


def test_what_was_denied_or_only_proposed_is_no_write() -> None:
    tried = [_action("a", status) for status in (ActionStatus.DENIED, ActionStatus.PROPOSED, ActionStatus.FAILED)]

    assert judge(_case(), [_turn(actions=tried)]) == ()


def test_items_are_compared_as_pairs() -> None:
    case = _case(writes=(_write(_SWAP, {"item_ids": ["1", "2"], "new_item_ids": ["10", "20"]}),))
    turned = _turn(actions=[_action(_SWAP, item_ids=("2", "1"), new_item_ids=("20", "10"))])
    crossed = _turn(actions=[_action(_SWAP, item_ids=("2", "1"), new_item_ids=("10", "20"))])

    assert judge(case, [turned]) == ()
    assert len(judge(case, [crossed])) == 2


def test_an_empty_second_line_of_an_address_is_the_same_as_none() -> None:
    case = _case(writes=(_write("a", {"address1": "1 Road", "address2": ""}),))

    assert judge(case, [_turn(actions=[_action("a", address1="1 Road")])]) == ()


def test_tickets_and_hand_offs_are_no_writes_and_count_only_where_the_case_names_them() -> None:
    turns = [_turn(actions=[_action("create_ticket", topic="refund"), _action("transfer_to_human_agents")])]

    assert judge(_case(), turns) == ()
    assert judge(_case(ticket="refund", handoff=True), turns) == ()
    assert len(judge(_case(ticket="invoice", handoff=False), turns)) == 2
    assert judge(_case(ticket=False), turns) == ("wrote tickets about ['refund']",)
    assert judge(_case(ticket=True, handoff=True), [_turn()]) == ("did not fetch a person", "wrote no ticket")


def test_words_are_looked_for_in_all_that_is_shown_but_only_in_what_is_heard_on_the_telephone() -> None:
    parts = (
        TextPart(text="Here you are"),
        CardPart(title="Kettle", fields=(("Price", "¥99"),)),
        ButtonsPart(buttons=(Button(label="Buy", value="buy"),)),
    )
    case = _case(must_say=(re.compile("¥99"),), must_not_say=(re.compile("buy", re.IGNORECASE),))

    assert judge(case, [_turn(*parts)]) == ("says 'Buy', which 'buy' forbids",)
    assert judge(case, [_turn(*parts, channel="phone")]) == ("never says '¥99'",)


def test_a_turn_without_an_answer_and_a_broken_one_are_faults() -> None:
    assert judge(_case(), [_turn(TextPart(text=" "))]) == ("turn 1 has no answer",)
    assert judge(_case(), [_turn(outcome="failed")]) == ("turn 1 failed: the clerk could only apologise",)


def test_a_trace_shows_what_was_understood_done_and_said() -> None:
    text = as_text(trace(_turn(actions=[_action("a", ActionStatus.DENIED, order_id="#W1")])), 1)

    for shown in ("customer: hi", "by rules", "SetSlot(order_id=#W1)", "order_id=#W1", "settle.confirm"):
        assert shown in text
    assert 'denied: a {"order_id": "#W1"} (some/clause)' in text and "clerk: hello" in text


def _trials(*results: tuple[str, int, bool]) -> list[Trial]:
    return [
        Trial(
            case=_case(case_id), number=number, faults=() if good else ("wrong\x00 <b>",), turns=(_turn(),), took_s=0.5
        )
        for case_id, number, good in results
    ]


def test_pass_hat_k_is_the_chance_that_k_trials_drawn_from_those_held_all_pass() -> None:
    trials = _trials(
        *((("a", number, True)) for number in range(1, 5)), *(("b", number, number < 3) for number in range(1, 5))
    )

    assert pass_hat(trials) == pytest.approx({1: 0.75, 2: (1 + 1 / 6) / 2, 3: 0.5, 4: 0.5})
    assert pass_hat([]) == {}


def test_the_report_counts_by_language_and_file_and_carries_each_failure() -> None:
    report = report_of(_trials(("a", 1, True), ("b", 1, False)))

    assert (report["cases"], report["passed"], report["failed"]) == (2, 1, 1)
    assert report["by_language"] == {"en": {"passed": 1, "trials": 2}} and list(report["by_file"]) == ["cases.yaml"]
    assert report["failures"][0]["id"] == "b" and report["failures"][0]["turns"][0]["said"] == "hi"
    assert json.loads(json.dumps(report))


def test_junit_and_html_can_carry_whatever_was_said(tmp_path: Path) -> None:
    trials = _trials(("a", 1, True), ("b", 1, False), ("b", 2, False))
    write_junit(trials, tmp_path / "new" / "report.xml")
    write_html(trials, tmp_path / "report.html")
    root = Xml.parse(tmp_path / "new" / "report.xml").getroot()  # noqa: S314 - we wrote it
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert root.attrib["tests"] == "3" and root.attrib["failures"] == "2"
    assert [test.attrib["name"] for test in root.iter("testcase")] == ["a", "b", "b [trial 2]"]
    assert "customer: hi" in (root.findtext(".//failure") or "")
    assert "1 of 3 passed" in page and "<b>" not in page and "http" not in page


async def test_a_conversation_that_cannot_be_held_fails_alone_and_no_more_run_at_once_than_asked() -> None:
    talking, most = 0, 0

    async def talk(case: Case) -> list[Turn]:
        nonlocal talking, most
        talking += 1
        most = max(most, talking)
        await asyncio.sleep(0)
        talking -= 1
        if case.id == "bad":
            raise MediaError("too_large", "the photo is too large")
        return [_turn()]

    told: list[str] = []
    cases = [_case("a"), _case("bad"), _case("c")]
    trials = await run_cases(cases, talk, repeat=2, jobs=2, tell=lambda trial: told.append(trial.case.id))

    assert [trial.passed for trial in trials] == [True, False, True] * 2
    assert trials[1].faults == ("the conversation could not be held: the photo is too large",)
    assert most == 2 and len(told) == 6


async def test_what_keeps_every_conversation_from_being_held_is_raised_at_once() -> None:
    asked: list[str] = []

    async def talk(case: Case) -> list[Turn]:
        asked.append(case.id)
        await asyncio.sleep(0)
        raise ConfigError("the shop cannot be read")

    with pytest.raises(ConfigError, match="cannot be read"):
        await run_cases([_case("a"), _case("b"), _case("c")], talk)
    assert "c" not in asked
