"""Sentences for the person who writes a school's YAML. Each names the key and the cure."""

_FILE = {
    "file_unreadable": "文件读不了，请检查文件名和权限。",
    "file_too_large": "文件太大，不像是一份定义，请检查。",
    "file_ending": "文件名要以 .yaml 结尾，请改名。",
    "stray_file": "文件夹“{folder}”不会被读取，请把文件放进 forms 或 registers。",
    "bom": "文件开头有 BOM 标记，请另存为“UTF-8（无 BOM）”。",
    "not_utf8": "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8。",
    "bad_character": "文件里有不能出现的控制字符，请删去。",
    "not_a_mapping": "文件应由“键: 值”组成，请对照现有学校的同名文件。",
    "tab": "行首用了 Tab 缩进，YAML 只认空格，请改成空格。",
    "wide_colon": "冒号是全角的“：”，请改成半角冒号加一个空格“: ”。",
    "wide_quote": "引号是全角的“ ”，请改成半角引号；如果全角引号是正文的一部分，请在最外面再加一对半角引号。",
    "alias": "不支持“*”引用和“&”锚点。重复的内容请写成预置（preset）；以“*”开头的文字请加引号。",
    "syntax": "YAML 语法有误，请检查这一行和上一行的缩进、冒号（后面要有空格）和引号。",
    "bad_key": "键必须是一个词，请检查冒号前面的内容。",
    "bad_value": "“{raw}”不是能用的值，请加引号或改写。",
    "too_deep": "嵌套太深，请检查缩进。",
    "duplicate_key": "键“{key}”重复了，第 {first} 行已经写过，请删去一处。",
    "no_institution": "缺少 institution.yaml，学校的名称、部门等写在这个文件里。",
    "bad_school": "学校文件夹名“{name}”只能用小写字母、数字和下划线，并以字母开头。",
}

_KEYS = {
    "missing_key": "缺少必填的键“{key}”，请补上。",
    "unknown_key": "没有“{key}”这个键{near}请改正或删去。",
    "unknown_type": "没有“{given}”这种类型{near}请改正 type。",
    "unknown_cell": "看不出这是哪种格子（现有的键：{keys}），"
    "请写 label、side、item、items、step、commitment 之一。",
    "bad_type": "“{key}”应当是{wanted}。",
    "empty": "“{key}”是空的，请写上内容或删去这个键。",
    "one_of": "“{key}”只能是：{choices}。",
    "limit": "“{key}”应当{limit}。",
    "bad_name": "名称“{name}”只能用小写字母、数字和下划线，以字母开头，最多40个字符。",
    "same_label": "“{key}”里有两项的文字相同，请区分开。",
    "yaml_trap": "“{key}”写的 {raw} 被 YAML 读成了{read_as}，请加引号：'{raw}'。",
    "unknown_preset": "presets.yaml 里没有预置“{name}”{near}",
    "nested_preset": "预置“{name}”里又用了预置，只允许一层，请把内容直接写出来。",
    "wrong_code": "code 写的是“{code}”，与文件名“{stem}”不一致，请改成一样或删去 code。",
}

_FORM = {
    "duplicate_name": "名称“{name}”用了两次，请给其中一处改名。",
    "reserved_name": "名称“{name}”是系统保留的，请换一个。",
    "not_a_date": "“{kind}”没有名为“{name}”的日期项目，请改正，或把该项目的类型改为 date。",
    "first_missing": "kinds 里必须有 first（初次备案），请补上。",
    "unknown_item": "没有名为“{path}”的项目{near}请改正。",
    "not_a_choice": "条件只能看选择类项目，“{field}”不是，请换一个。",
    "later_item": "条件里的“{field}”排在后面，条件只能看前面的项目，请调整顺序。",
    "owner_kind_here": "owner_kind 只能用在签署步骤的 when 里，请换一个条件。",
    "unknown_codes": "“{field}”没有选项“{codes}”{near}请改正。",
    "other_missing": "写了 allow_other，但 choices 里没有 other，请补上 other: 其他。",
    "bad_default": "default 写的“{given}”不是有效的值，请改正。",
    "people_required": "people 的必填写在 rows 和 columns 上，请把 required 移过去。",
    "not_a_number": "“{path}”不是 number 项目，请改正。",
    "identifier_account": "写了 identifiers，account 就要是一个 account 类型项目的名称，请改正。",
    "identifier_code": "“{code}”不是 platform 或 nature 所指项目的选项{near}请改正。",
    "identifier_key": "“{key}”只能和 shape: {shape} 一起用，请删去。",
    "identifier_digits": "digits 请写最少和最多的位数，例如 [5, 11]。",
    "identifier_host": "“{host}”不是域名，请写成 weibo.com 的样子，不带 https://、www. 和斜线。",
    "identifier_example": "example 写的“{example}”不合这条规则，请改正。",
    "unknown_unit_kind": "没有“{kind}”这种单位{near}请改正。",
    "at_most_number": "at_most 的“{path}”不是排在前面的 number 项目，请改正。",
}

_PAPER = {
    "widths_sum": "widths 加起来是 {total}，应当是 100，请调整。",
    "row_span": "第 {row} 行占了 {taken} 列，widths 有 {wanted} 列，请检查 span 和上面各行的 rows。",
    "row_overlap": "第 {row} 行的格子与上面伸下来的格子重叠或没有放满，请检查 span 和 rows。",
    "rows_beyond": "“{what}”的 rows 超出了表格的最后一行，请减小。",
    "never_printed": "“{path}”（{label}）问了却没有印在纸上。请印出来，或写 print: false。",
    "printed_anyway": "“{path}”写了 print: false，纸上却印了它，请去掉一处。",
    "item_or_items": "item 和 items 只能写一个，且不能为空。",
    "item_or_fill": "item 和 fill 只能写一个。",
    "boxes_count": "boxes 里有 {boxes} 个“□”，选项有 {choices} 个，应当一样多。",
    "boxes_item": "“{path}”不是选择类项目，不能印成方框，请删去 boxes 和 choices。",
    "step_without_box": "步骤“{step}”（{label}）在纸上没有签署的格子，请在 paper.rows 里加上。",
    "box_without_step": "纸上的格子写的步骤“{step}”不在 route.steps 里{near}请改正。",
    "box_twice": "步骤“{step}”在纸上有两个格子，请删去一个。",
}

_SCHOOL = {
    "unknown_form": "没有“{form}”这个表{near}请改正 form。",
    "sanction_form": "没有“{form}”这个表{near}请改正 for。",
    "sanction_item": "这些表里没有“{name}”这个项目{near}请改正 bars_changing。",
    "unknown_column": "列“{path}”不是表里的项目，也不是 {sources} 之一{near}请改正。",
    "unknown_label": "没有名为“{label}”的列{near}请改正。",
    "same_heading": "有两列都叫“{heading}”，请改其中一列的 label 或 group。",
    "group_is_label": "group 和 label 都是“{group}”，请删去 group，或者把 label 写得更细。",
    "group_apart": "“{group}”下面的列没有挨在一起，请把它们排到一处，或者给其中一处换个 group。",
    "group_alone": "“{group}”下面只有一列，请给旁边的列也写上 group，或者删去它。",
    "sheet_name_long": "工作表名“{name}”太长，Excel 最多认 {most} 个字，请改短。",
    "sheet_name_signs": "工作表名“{name}”里有 Excel 不认的符号，请去掉 [ ] : * ? / \\ "
    "以及首尾的空格和单引号。",
    "sheet_name_own": "工作表名“{name}”是系统或 Excel 自己要用的，请换一个。",
    "sheet_name_twice": "工作表名“{name}”用了两次（大小写算一样），请给其中一处改名。",
    "sample_row": "samples 的行号“{row}”不在 1 到 {rows} 之间，请改正。",
    "serials_rows": "serials 有 {serials} 个，空行只有 {rows} 行，请调整。",
    "number_serial": "编号样式里缺少 {{serial}}，请写成“平宣备-{{year}}-{{serial}}”的样子。",
    "number_unknown": "编号样式只能用 {{year}} 和 {{serial}}，不能用 {name}。",
    "links_contact": "允许填报链接（links: true）时，请在 contact 里写上 phone、email 或 place，"
    "链接失效后申请人要能找到人。",
    "notice_deadline": '截止时间写月、日、时、分，加引号，例如 "11-06 17:00"。',
    "opening_unknown": "开设手续的正文只能用 {known}，不能用 {name}。",
}

DEFINITION_MESSAGES = _FILE | _KEYS | _FORM | _PAPER | _SCHOOL
