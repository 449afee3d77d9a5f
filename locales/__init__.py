"""The words people read, by language: gettext catalogues of Jinja2 templates, and who speaks them."""
