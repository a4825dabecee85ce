"""What happens at the edges of an account's life: papers put aside, taken up again, begun anew."""

import pytest

from models.channels.channel import Channel, ChannelState, Duplicate
from models.database import db
from models.events import history
from models.filings import transitions
from models.register.opening import record_opening
from models.rules.workflow import Refused
from tests.campus import Campus, day

OVERTAKEN = "已经由另一件备案或补充信息更新"


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as found:
        yield found


def channel_of(filing) -> Channel:
    db.session.refresh(filing.channel)
    return filing.channel


def test_a_withdrawn_change_does_not_wipe_out_what_was_completed_meanwhile(campus):
    first = campus.filed(account=None)
    assert first.incomplete
    change = campus.submitted(kind="change", channel=first.channel, account="early", title="新名")
    campus.do(change, "withdraw", "chen")
    transitions.complete(first, campus.school, {"account": "late"}, campus.person("chen"), first.revision)
    with pytest.raises(Refused, match=OVERTAKEN):
        campus.do(change, "submit", "chen")


def test_a_returned_draft_on_another_platform_leaves_the_claimed_account_alone(campus):
    mine = campus.submitted(account="same")
    campus.do(mine, "return", "wang", "请核对")
    other = campus.submitted(by="zhou", unit="医学院", platform="weibo", account="same")
    transitions.keep(
        mine, campus.school, {**mine.answers, "platform": "weibo"}, campus.person("chen"), mine.revision
    )
    assert channel_of(mine).platform == "微信公众号", "as claimed, until it is handed in again"
    assert channel_of(other).account_key == "same"


def test_writing_on_a_withdrawn_paper_leaves_what_another_one_claimed_alone(campus):
    put_aside = campus.submitted(account="one")
    campus.do(put_aside, "withdraw", "chen")
    taken_up = campus.submitted(channel=put_aside.channel, account="two", title="再来")
    transitions.keep(
        put_aside,
        campus.school,
        {**put_aside.answers, "title": "旧的"},
        campus.person("chen"),
        put_aside.revision,
    )
    assert channel_of(taken_up).title == "再来"


def test_an_account_filed_again_asks_for_an_opening_paper_of_its_own(campus):
    first = campus.filed(account=None)
    record_opening(first, "1号", day(3, 1).date(), "", campus.person("li"))
    transitions.complete(first, campus.school, {"account": "xgzs"}, campus.person("chen"), first.revision)
    campus.filed(kind="close", channel=first.channel)
    again = campus.filed(channel=first.channel)
    assert channel_of(again).opening_number == ""
    assert again.channel.opening_on is None


def test_a_rejected_account_taken_up_and_dropped_again_is_void_as_before(campus):
    rejected = campus.submitted()
    campus.do(rejected, "reject", "wang", "不宜开设")
    draft = campus.draft(channel=rejected.channel)
    assert channel_of(draft).state is ChannelState.planned
    channel = draft.channel
    transitions.discard(draft, campus.person("chen"), draft.revision)
    assert channel.state is ChannelState.void


def test_a_withdrawn_paper_of_a_rejected_account_claims_the_account_when_handed_in(campus):
    put_aside = campus.submitted()
    campus.do(put_aside, "withdraw", "chen")
    rejected = campus.submitted(channel=put_aside.channel)
    campus.do(rejected, "reject", "wang", "不宜开设")
    campus.do(put_aside, "submit", "chen")
    assert channel_of(put_aside).state is ChannelState.planned
    with pytest.raises(Duplicate):
        campus.submitted(by="zhou", unit="医学院")


def test_an_opening_paper_recorded_as_it_stands_is_no_deed(campus):
    first, office = campus.filed(account=None), campus.person("li")
    record_opening(first, "1号", day(3, 1).date(), "", office)
    with pytest.raises(Refused, match="没有改动"):
        record_opening(first, "1号", day(3, 1).date(), "1号", office)
    record_opening(first, "1号", day(3, 2).date(), "1号", office)
    assert len(history.of_channel(first.channel_id)) == 2
