"""发现台账 and 处理: found accounts, sanctions and what follows from them, incidents."""

from blueprints.institution.findings import bans, circulars, found_list, found_page, incidents, sanctions

__all__ = ["bans", "circulars", "found_list", "found_page", "incidents", "sanctions"]
