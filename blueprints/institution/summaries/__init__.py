"""汇总表 on screen and as files."""
