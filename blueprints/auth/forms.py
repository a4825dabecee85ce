"""Choosing a new password."""

from flask import request
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, ValidationError
from wtforms.validators import EqualTo, InputRequired

from models.auth import attempts
from models.database import institutions, sign_in_settings
from models.people.person import initials
from models.rules.passwords import problem


class PasswordForm(FlaskForm):
    """The old password and twice the new one; `carried` is what was typed before signing in."""

    old = PasswordField("当前密码", validators=[InputRequired("请填写当前密码。")])
    new = PasswordField("新密码", validators=[InputRequired("请填写新密码。")])
    repeat = PasswordField(
        "再次填写新密码", validators=[EqualTo("new", message="两次填写的新密码不一样。")]
    )
    carried = HiddenField()

    def validate_old(self, field: PasswordField) -> None:
        """Guessed here it counts as at the sign-in."""
        whose = current_user.institution, current_user.username
        waiting = attempts.begin(*whose, request.remote_addr or "").minutes
        if waiting:
            raise ValidationError(f"尝试次数过多，请在 {waiting} 分钟后再试。")
        if not current_user.check_password(field.data):
            raise ValidationError("当前密码不正确。")
        attempts.forgive(*whose)

    def validate_new(self, field: PasswordField) -> None:
        rules = sign_in_settings().rules
        said = problem(field.data, rules, current_user.username, _school_words())
        if said:
            raise ValidationError(said)
        if current_user.has_used(field.data, rules):
            kept = f"最近 {rules.kept} 次用过的密码" if rules.kept > 1 else "当前密码"
            raise ValidationError(f"新密码不能与{kept}相同，请换一个。")


def _school_words() -> set[str]:
    """What the person's school is called, as it would be typed."""
    school = institutions()[current_user.institution]
    names = {school.name, *school.names}
    return {school.code, *names, *(initials(name) for name in names)}
