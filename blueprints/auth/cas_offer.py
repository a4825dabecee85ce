"""Which schools sign in through CAS, as the sign-in page and its guards ask."""

from flask import current_app

from blueprints.web.schools import institutions
from models.people.person import Person
from models.rules.definitions.institution import Institution
from models.rules.settings.cas import CasSettings
from models.rules.workflow import Role


def cas_settings(school: str) -> CasSettings | None:
    """The settings of the CAS server of a school; None where it has none."""
    settings = current_app.extensions["cas"]
    return settings if settings and school in settings.schools else None


def requires_cas(school: str) -> bool:
    """Whether a school leaves passwords to its administrators."""
    settings = cas_settings(school)
    return bool(settings and settings.required)


def may_use_password(person: Person) -> bool:
    """Administrators always may, so that somebody gets in while the CAS server is down."""
    return not requires_cas(person.institution) or person.has(Role.admin)


def offered(school: str | None) -> dict[str, Institution]:
    """The schools, by code, whose CAS sign-on a sign-in page offers: all, or just this one."""
    schools = institutions()
    codes = [school] if school in schools else list(schools)
    return {code: schools[code] for code in codes if cas_settings(code)}


def only_cas(school: str | None) -> bool:
    """Whether a sign-in page's password is for administrators alone."""
    schools = institutions()
    return all(requires_cas(code) for code in ([school] if school in schools else schools))
