from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dlp import config
from dlp.errors import ConfigError
from dlp.settings import Config

REPO = Path(__file__).parents[1]


def test_the_default_is_a_loopback_box() -> None:
    loaded = config.load(None, {})
    assert loaded == Config()
    assert {loaded.mail.host, loaded.web.host, loaded.console.host} == {"127.0.0.1"}


def test_file_and_environment(tmp_path: Path) -> None:
    path = tmp_path / "sekisho.toml"
    path.write_text('var = "/srv/sekisho"\n[mail]\nport = 25\ntls_cert = "/c.pem"\ntrusted = ["10.0.0.0/8"]\n')
    loaded = config.load(
        path, {"SEKISHO_MAIL_PORT": "2525", "SEKISHO_MAIL_ENABLED": "no", "SEKISHO_WEB_ADDRESSES": "a=b"}
    )
    assert loaded.mail.port == 2525
    assert loaded.mail.enabled is False
    assert loaded.mail.tls_cert == Path("/c.pem")
    assert loaded.mail.trusted == ("10.0.0.0/8",)
    assert loaded.web.addresses == {"a": "b"}
    assert loaded.path(Path("x")) == Path("/srv/sekisho/x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mail]\nprot = 25\n", "'prot'"),
        ("[post]\nport = 25\n", "'post'"),
        ('[mail]\nport = "x"\n', "port"),
        ("[mail]\nenabled = 1\n", "enabled"),
        ("[mail]\nport = true\n", "port"),
        ("mail = 3\n", "section"),
        ("[mail\n", "sekisho.toml"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "sekisho.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=says):
        config.load(path, {})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration file"):
        config.load(tmp_path / "none.toml", {})


def test_every_setting_is_documented() -> None:
    text = (REPO / "docs" / "configuration.md").read_text(encoding="utf-8")
    missing = [
        f"{section.name}.{key.name}"
        for section in dataclasses.fields(Config)
        if section.name != "var"
        for key in dataclasses.fields(getattr(Config(), section.name))
        if f"`{key.name}`" not in text.partition(f"## [{section.name}]")[2].partition("\n## ")[0]
    ]
    assert missing == []
