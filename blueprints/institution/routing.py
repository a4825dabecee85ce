"""The mould's blueprint, on which every page of a school puts itself; registered once per school."""

from flask import Blueprint

from blueprints.web.access import bind_institution

mould = Blueprint("institution", __name__)
# Before any before_request, so that a request refused by CSRF still gets its school's page.
mould.url_value_preprocessor(bind_institution)
