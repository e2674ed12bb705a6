"""A directory as the configuration describes it."""

from __future__ import annotations

from dlp.directory.directory import Directory
from dlp.directory.register import Register
from dlp.directory.staff import FILE, Sources
from dlp.errors import ConfigError
from dlp.settings import Config


def sources(config: Config) -> Sources:
    """Which sources are to be heard. Raises ConfigError for an authority that is none of them."""
    others = tuple(name for name, on in (("ldap", config.ldap.enabled), ("scim", config.scim.enabled)) if on)
    if config.directory.authority not in (FILE, *others):
        raise ConfigError(
            f"[directory] authority: {config.directory.authority!r} is none of {', '.join((FILE, *others))}"
        )
    return Sources(
        authority=config.directory.authority,
        others=others,
        hand_kept=config.directory.hand_kept,
        shrink=config.directory.max_shrink,
    )


def open_directory(config: Config, register: Register | None) -> Directory:
    """The directory over the configured files and `register`. Raises ConfigError."""
    found = Directory(
        config.path(config.directory.people),
        config.path(config.directory.devices),
        timezone=config.town.timezone,
        max_age_hours=config.directory.max_age_hours,
        register=register,
        sources=sources(config),
    )
    found.udev = config.path(config.media.udev)
    return found
