"""How it is shown: the site's own pages, then one blueprint per school found."""

from flask import Flask


def register(app: Flask) -> None:
    """Put the site and every school of `app.extensions["institutions"]` on the application.

    Each school is the same mould under its own name and prefix, so `url_for(".filing")` stays
    inside the school that was asked for.
    """
    from blueprints.auth.pages import site
    from blueprints.institution import load_pages
    from blueprints.web.health import health

    app.register_blueprint(health)
    app.register_blueprint(site)
    mould = load_pages()
    for code in app.extensions["institutions"]:
        app.register_blueprint(mould, name=code, url_prefix=f"/{code}")
