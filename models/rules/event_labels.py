"""The deeds that history remembers, in people's words. A new deed needs its line here."""

from models.rules.workflow import Verb

# What was closed, or has to be, was looked for.
GONE, STILL_THERE = "gone", "still_there"

# Deeds that are written down but are no move of a filing.
OTHER_DEEDS = {
    "complete": "补充信息",
    "export": "导出",
    "print": "打印",
    "import": "导入",
    "reveal": "查看完整号码",
    "purge": "清理个人信息",
    "confirm": "确认无变更",
    "heard": "登记更新日期",
    "answer": "答复核实",
    GONE: "核实销号",
    STILL_THERE: "核实未销号",
    "opening": "出具开设手续",
    "dissolve": "解散，无须备案",
    "publish": "发布备案工作",
    "amend": "修改备案工作",
    "end": "结束备案工作",
    "reopen": "重新开放备案工作",
    "report_hand_in": "提交签字",
    "report_take_back": "撤回报送",
    "report_sign": "签字报送",
    "report_receive": "接收报送",
    "report_return": "退回报送",
    "report_freeze": "升级时冻结报送",
    "supplement_hand_in": "补充报送提交签字",
    "supplement_take_back": "撤回补充报送",
    "supplement_sign": "签字补充报送",
    "supplement_receive": "接收补充报送",
    "supplement_return": "退回补充报送",
    "report_say": "逐项填报",
    "report_nil": "登记零报告",
    "report_not_nil": "取消零报告",
    "extend": "延期",
    "paper": "登记纸质件",
    "remind": "催报",
    "found": "发现台账",
    "sanction": "登记处理",
    "incident": "网络舆情事故",
    "despite": "处理期内仍办理",
    "substitute": "指定代签人",
    "invite": "发放填报链接",
    "uninvite": "撤销填报链接",
    "lock": "登录失败过多，暂停登录",
    "unit_add": "新增单位",
    "unit_change": "修改单位",
    "unit_close": "停用单位",
    "unit_reopen": "启用单位",
    "person_add": "新增人员",
    "person_change": "修改人员",
    "grant": "调整权限",
    "person_disable": "停用人员",
    "person_enable": "启用人员",
    "password_reset": "重置密码",
    "password_change": "修改密码",
}
# They leave a filing as it was: nobody who is looking at it has to look again.
CHANGE_NOTHING = {"export", "print", "reveal"}


def deed_label(verb: str) -> str:
    """A deed in people's words: 提交, 同意, 补充信息 …; raises ValueError for one nobody knows."""
    return OTHER_DEEDS.get(verb) or Verb(verb).label


def all_deeds() -> dict[str, str]:
    """Every deed there is, code to words: the moves of a filing first."""
    return {str(verb): verb.label for verb in Verb} | OTHER_DEEDS
