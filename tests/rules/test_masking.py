"""Phone numbers are masked wherever nobody needs them; ids and figures stay."""

import pytest

from models.rules.masking import mask_change, mask_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请联系 13812345678。", "请联系 138****5678。"),
        ("电话138-1234-5678或+86 13912345678", "电话138****5678或139****5678"),
        ("电话.13812345678，尾号 3.13812345678", "电话.138****5678，尾号 3.13812345678"),
        ("0375-2657100", "037****7100"),
        ("群号 123456789，共 86 人，2026-11-22 08:30", "群号 123456789，共 86 人，2026-11-22 08:30"),
        ("编号 202613812345678", "编号 202613812345678"),
        ("", ""),
    ],
)
def test_only_phone_numbers_are_masked_in_a_text(text, shown):
    assert mask_text(text) == shown
    assert mask_text(shown) == shown


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"path": "phone", "label": "电话", "before": "2657100", "after": ""}, ("2657***", "")),
        ({"path": "tel", "label": "联系方式", "before": "", "after": "13812345678"}, ("", "138****5678")),
        (
            {"path": "name", "label": "手机报名称", "before": "校园", "after": "手机报2026"},
            ("校园", "手机报2026"),
        ),
        ({"path": "account", "label": "账号id", "before": "2657100", "after": "xgzs"}, ("2657100", "xgzs")),
    ],
)
def test_a_change_shows_what_changed_without_the_number(change, shown):
    masked = mask_change(change)
    assert (masked["before"], masked["after"]) == shown
    assert mask_change(masked) == masked
