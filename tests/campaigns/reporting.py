"""A campaign on the small campus, and the shortest words for what units do in it."""

from models.campaigns import transitions
from models.campaigns.answering import say, say_nothing_to_report
from models.campaigns.campaign import Wording, begin
from models.campaigns.report import Answer, Report, report_of
from models.campaigns.transitions import publish
from models.rules.report_workflow import ReportVerb
from tests.campus import Campus, day

OPENS, CLOSES = day(3, 2), day(3, 20)
WRITTEN_ON, SIGNED_ON = day(3, 5), day(3, 6)


class Reporting(Campus):
    """A campus with a campaign over every form, open from March 2 to 20 at 9:00 UTC."""

    def ask(self, **changed):
        """The campaign, published."""
        wording = {
            "year": 2026,
            "title": "2026年备案工作",
            "document": "",
            "notice": "",
            "forms": ["account", "group"],
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "contact": "",
            "place": "",
            **changed,
        }
        campaign = begin("xx", Wording(**wording), self.person("li"), OPENS)
        publish(campaign, self.person("li"), OPENS)
        return campaign

    def report(self, campaign, unit="信息工程学院") -> Report:
        return report_of(campaign, self.unit(unit).id)

    def say(self, report, answer: str, *channels, by="chen", now=WRITTEN_ON, revision=None):
        seen = report.revision if revision is None else revision
        return say(report, self.school, channels, Answer(answer), self.person(by), seen, now)

    def nil(self, report, by="chen", nil=True, now=WRITTEN_ON):
        say_nothing_to_report(report, self.person(by), nil, report.revision, now)

    def deed(self, report, verb: str, by: str, reason="", now=SIGNED_ON, revision=None):
        seen = report.revision if revision is None else revision
        return transitions.move(report, self.school, ReportVerb(verb), self.person(by), seen, reason, now)

    def reported(self, report, by="chen", head="wang", now=SIGNED_ON):
        """Handed in and signed."""
        self.deed(report, "hand_in", by, now=now)
        return self.deed(report, "sign", head, now=now)
