"""`flask purge`: what is known of people of accounts long gone is erased; without --yes, told."""

import click
from flask import Flask

from blueprints.cli.housekeeping import forget_what_is_over
from blueprints.institution.channels.retention import forget_copies
from blueprints.web.schools import institutions
from models.administration.people import command_actor
from models.audit import erasing
from models.channels.channel import Channel
from models.database import db
from models.rules.definitions.institution import Institution


def init_app(app: Flask) -> None:
    """Add the command to the `flask` command line."""
    app.cli.add_command(purge)


@click.command()
@click.option("--yes", is_flag=True, help="真的清理；不写时只列出到期的账号")
def purge(yes: bool) -> None:
    """Erase what is due by each school's `retention`; without --yes only say what that is."""
    for code, school in institutions().items():
        years = school.retention.closed_years
        if not years:
            click.echo(f"{school.name}：没有设置保留年限，长期保留。")
            continue
        due = list(db.session.scalars(erasing.due(code, years)))
        click.echo(f"{school.name}：满 {years} 年、到期的账号 {len(due)} 个。")
        for channel in due:
            about = f"  {channel.title or '未命名'}（{channel.unit.name}）"
            click.echo(f"{about}：已清理{_erase(channel, school, years)}" if yes else about)
    if yes:
        left = forget_copies()
        forget_what_is_over()
        if left:
            click.echo(left)
    else:
        click.echo("还没有清理。加上 --yes 才会清理，清理后不能恢复。")


def _erase(channel: Channel, school: Institution, years: int) -> erasing.Erased:
    """Erases one in a transaction of its own."""
    done = erasing.erase(channel, school, years, command_actor(channel.institution))
    db.session.commit()
    return done
