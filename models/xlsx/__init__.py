"""Workbooks as uploaded: examined, then read as the text a person would have typed. No SQL."""
