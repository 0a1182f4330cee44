"""The version of what a form changes: the form holds it, so that nobody replaces what they have not seen."""


def version_text(version: int | None) -> str:
    """The version as a form holds it; empty where nothing is stored yet."""
    return "" if version is None else str(version)
