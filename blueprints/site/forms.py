"""The two forms of the site: proving who one is, and choosing a new password."""

from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length


class School(SelectField):
    """The schools of this deployment; says in Chinese when something else was sent."""

    def pre_validate(self, form: FlaskForm) -> None:
        if self.data not in {code for code, _ in self.choices}:
            raise ValidationError("请从列表中选择学校。")


class SignInForm(FlaskForm):
    """School, name and password; `next` is where to go afterwards."""

    school = School("学校", validators=[InputRequired("请选择学校。")])
    username = StringField(
        "用户名",
        validators=[InputRequired("请填写用户名。"), Length(max=100, message="用户名太长。")],
    )
    password = PasswordField(
        "密码", validators=[InputRequired("请填写密码。"), Length(max=200, message="密码太长。")]
    )
    next = HiddenField()


class PasswordForm(FlaskForm):
    """The old password and twice the new one."""

    old = PasswordField("当前密码", validators=[InputRequired("请填写当前密码。")])
    new = PasswordField(
        "新密码",
        validators=[
            InputRequired("请填写新密码。"),
            Length(min=10, max=200, message="新密码至少 10 个字符，可以用几个不相干的词组成。"),
        ],
    )
    repeat = PasswordField(
        "再次填写新密码", validators=[EqualTo("new", message="两次填写的新密码不一样。")]
    )

    def validate_old(self, field: PasswordField) -> None:
        if not current_user.check_password(field.data):
            raise ValidationError("当前密码不正确。")

    def validate_new(self, field: PasswordField) -> None:
        if current_user.username.casefold() in field.data.casefold():
            raise ValidationError("新密码不能包含用户名。")
        if field.data == self.old.data:
            raise ValidationError("新密码不能与当前密码相同。")
