"""The rules of a filing's way, without any database."""

from dataclasses import dataclass, replace

import pytest

from models.rules.workflow import Actor, Position, Refused, Role, State, Verb, allowed, move, waits_for


@dataclass(frozen=True)
class Step:
    short: str
    role: str
    of: str = "unit"
    distinct: bool = True
    submitter_may: bool = False


CHEN = Actor(id=1, reporter_units=frozenset({10}))
WANG = Actor(id=2)
LI = Actor(id=3, office=True)
ZHAO = Actor(id=4, office=True)
STRANGER = Actor(id=9, reporter_units=frozenset({20}))

UNIT, OFFICE = Step("单位意见", "head"), Step("宣传部意见", "office", of="office")
DRAFT = Position(State.draft, (UNIT, OFFICE), unit=10, heads=frozenset({2}), created_by=1)
AT_UNIT = replace(DRAFT, state=State.in_review, submitted_by=1)
AT_OFFICE = replace(AT_UNIT, step=1, approvers=frozenset({2}))


def test_a_draft_is_submitted_by_a_reporter_of_its_unit_and_by_nobody_else():
    assert allowed(DRAFT, CHEN) == [Verb.submit]
    for other in (WANG, LI, STRANGER):
        assert allowed(DRAFT, other) == []


def test_the_steps_are_taken_in_order_and_the_last_one_files():
    assert move(DRAFT, CHEN, Verb.submit).state is State.in_review
    after_unit = move(AT_UNIT, WANG, Verb.approve)
    assert (after_unit.state, after_unit.step) == (State.in_review, 1)
    assert move(AT_OFFICE, LI, Verb.approve).state is State.filed


def test_a_form_without_steps_is_filed_when_it_is_submitted():
    assert move(replace(DRAFT, steps=()), CHEN, Verb.submit).state is State.filed


def test_whoever_signs_has_three_verbs_and_the_reporter_may_only_take_it_back():
    assert allowed(AT_UNIT, WANG) == [Verb.approve, Verb.return_, Verb.reject]
    assert allowed(AT_UNIT, CHEN) == [Verb.withdraw]
    assert allowed(AT_UNIT, LI) == []


@pytest.mark.parametrize("verb", [Verb.return_, Verb.reject])
@pytest.mark.parametrize("opinion", ["", "  \n"])
def test_sending_back_and_rejecting_need_a_reason(verb, opinion):
    with pytest.raises(Refused, match="理由"):
        move(AT_UNIT, WANG, verb, opinion)
    assert move(AT_UNIT, WANG, verb, "二维码看不清").state in (State.returned, State.rejected)


@pytest.mark.parametrize("state", [State.returned, State.withdrawn])
def test_what_came_back_or_was_taken_back_can_be_submitted_again_from_the_first_step(state):
    again = move(replace(AT_OFFICE, state=state), CHEN, Verb.submit)
    assert (again.state, again.step) == (State.in_review, 0)


def test_nobody_signs_what_they_submitted_themselves():
    position = replace(AT_OFFICE, submitted_by=LI.id)
    assert Verb.approve not in allowed(position, LI)
    assert Verb.approve in allowed(position, ZHAO)
    with pytest.raises(Refused, match="您提交的"):
        move(position, LI, Verb.approve)


def test_unless_the_step_is_the_submitters_own_commitment():
    commitment = Step("承诺", "reporter", submitter_may=True)
    position = replace(AT_UNIT, steps=(commitment, OFFICE))
    # Nobody sends their own promise back: it is signed, or the paper is withdrawn.
    assert allowed(position, CHEN) == [Verb.approve, Verb.withdraw]


def test_nobody_signs_two_steps_however_far_they_lie_apart():
    last = Step("复核", "office", of="office")
    position = replace(AT_OFFICE, steps=(OFFICE, UNIT, last), step=2, approvers=frozenset({LI.id, WANG.id}))
    assert allowed(position, LI) == []
    assert Verb.approve in allowed(position, ZHAO)
    with pytest.raises(Refused, match="一人只能有一次意见"):
        move(position, LI, Verb.approve)
    assert Verb.approve in allowed(replace(position, steps=(OFFICE, UNIT, replace(last, distinct=False))), LI)


@pytest.mark.parametrize("role", ["created_by", "submitted_by", "writers"])
def test_nobody_decides_what_they_wrote_in_any_way(role):
    position = replace(AT_OFFICE, **{role: frozenset({LI.id}) if role == "writers" else LI.id})
    assert not {Verb.approve, Verb.return_, Verb.reject} & set(allowed(position, LI))
    assert Verb.approve in allowed(position, ZHAO)
    may = replace(position, steps=(UNIT, replace(OFFICE, submitter_may=True)))
    assert Verb.approve in allowed(may, LI)


@pytest.mark.parametrize(
    ("heads", "office", "writers", "missing"),
    [
        ({2, 3}, {3, 4}, set(), ""),
        ({2}, {3}, {2}, "单位意见"),
        ({2}, {3}, {3}, "宣传部意见"),
        ({3}, {3}, set(), "宣传部意见"),
        ({2, 3}, {3}, set(), ""),
        ({2, 3}, {3}, {2}, "宣传部意见"),
        ({2}, set(), set(), "还没有登记宣传部审核员"),
    ],
)
def test_it_is_handed_in_only_where_every_step_finds_a_signer_of_its_own(heads, office, writers, missing):
    position = replace(
        DRAFT, heads=frozenset(heads), writers=frozenset(writers), signers={"office": frozenset(office)}
    )
    assert (allowed(position, CHEN) == [Verb.submit]) == (not missing)
    if missing:
        with pytest.raises(Refused, match=missing):
            move(position, CHEN, Verb.submit)


def test_a_filing_nobody_could_sign_is_not_submitted():
    with pytest.raises(Refused, match="还没有登记单位负责人"):
        move(replace(DRAFT, heads=frozenset()), CHEN, Verb.submit)
    with pytest.raises(Refused, match="只有您本人"):
        move(replace(DRAFT, heads=frozenset({CHEN.id})), CHEN, Verb.submit)


@pytest.mark.parametrize("state", [State.filed, State.rejected])
def test_what_is_decided_stays_decided(state):
    for actor in (CHEN, WANG, LI):
        assert allowed(replace(AT_OFFICE, state=state), actor) == []


def test_the_office_looks_after_what_it_filed_for_others():
    position = replace(DRAFT, created_by=LI.id, unit=99)
    assert allowed(position, LI) == [Verb.submit]
    assert allowed(position, ZHAO) == []


def test_the_head_of_the_office_is_not_just_any_head():
    step = Step("部长意见", "head", of="office")
    assert waits_for(step) == "office_head"
    position = replace(AT_UNIT, steps=(step,))
    assert allowed(position, WANG) == []
    assert Verb.approve in allowed(position, replace(LI, office_head=True))


def test_every_code_has_words_for_people():
    assert all(code.label for codes in (State, Verb, Role) for code in codes)
