"""Which passwords will do, in either profile, and what the settings may say."""

import pytest

from models.rules.passwords import PROFILES, own_part, problem
from models.rules.settings.sign_in import read_settings

MODERN, DENGBAO = PROFILES["modern"], PROFILES["dengbao"]
SCHOOL = ("pdsu", "平顶山学院", "pdsxy")


@pytest.mark.parametrize(
    "password",
    [
        "quiet-lake-2207-reed",
        "kite moon maple",
        "窗外的雨下了一整夜没有停",
        "xk7!pq2#vm9$",
        "j2dh-8mxq-4tnv-w6kp",
    ],
)
def test_a_password_of_ones_own_will_do(password):
    assert problem(password, MODERN, "linxiao", SCHOOL) == ""


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "aaaaaaaaaaaaaaa",
        "abc123abc123",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "password2024",
        "P@ssw0rd2024",
        "Password123!",
        "pdsu20242025",
        "pdsxy-admin-888",
        "平顶山学院2024年1234",
        "woaini1314520",
        "iloveyou12345",
        "abcdefghijklmn",
        "987654321000",
        "１２３４５６７８９０１２",
        "x1x1x1x1x1x1",
        "zhang19850317",
        "+86-15937512068",
    ],
)
def test_what_everybody_would_try_first_is_refused(password):
    assert "太容易被猜到" in problem(password, MODERN, "linxiao", SCHOOL)


@pytest.mark.parametrize(
    ("rules", "password", "sentence"),
    [
        (MODERN, "kite-moon-1", "12 至 128 个字符，现在是 11 个"),
        (MODERN, "长" * 129, "现在是 129 个"),
        (MODERN, "my-LinXiao-kite", "不能包含用户名"),
        (DENGBAO, "Kite-Moon", "10 至 128 个字符"),
        (DENGBAO, "kite-moon-maple", "至少要有三种"),
        (DENGBAO, "KiteMoonMaple", "至少要有三种"),
        (DENGBAO, "Linxiao-kite-7", "不能包含用户名"),
        (DENGBAO, "Password-2024", "太容易被猜到"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(rules, password, sentence):
    assert sentence in problem(password, rules, "linxiao", SCHOOL)


@pytest.mark.parametrize("password", ["Kite-moon-7", "窗外雨声-Kite-maple", "kite_Moon_maple"])
def test_three_kinds_of_characters_do_for_the_other_profile(password):
    assert problem(password, DENGBAO, "linxiao", SCHOOL) == ""


def test_only_what_is_ones_own_is_counted():
    assert own_part("Password-2024-kite") == "kite"
    assert own_part("pdsu1234xkqv", SCHOOL) == "xkqv"


def test_the_longest_password_is_judged_at_once():
    assert problem("ab" * 64, MODERN, "linxiao", SCHOOL)
    assert problem("1a" * 32 + "k", MODERN, "linxiao", SCHOOL) == ""


def test_without_a_table_the_settings_are_the_usual_ones():
    settings = read_settings(None)
    assert (settings.profile, settings.idle_minutes, settings.longest_hours) == ("modern", 120, 12)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"profile": "easy"}, "profile：填写 modern"),
        ({"idle_minutes": 0}, "idle_minutes：填写 10 至 1440"),
        ({"idle_minutes": "120"}, "idle_minutes：填写 10 至 1440"),
        ({"longest_hours": 1000}, "longest_hours：填写 1 至 72"),
        ({"pin": 1}, "pin：没有这一项"),
    ],
)
def test_a_mistake_in_the_table_is_said_at_the_start(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_settings(table)
