from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlp import native
from dlp.native import build

ROOT = Path(native.__file__).resolve().parents[2]


def _python(code: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],  # -P: what is imported is not what stands where the tests run
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode()


@pytest.mark.skipif(build.compiler() is None, reason="no C compiler here")
def test_a_library_is_built_and_knows_its_source(tmp_path):
    told = build.build(tmp_path / "lib.so")
    assert "built by" in told
    code = f"import ctypes; l = ctypes.CDLL({str(tmp_path / 'lib.so')!r}); l.source.restype = ctypes.c_char_p; print(l.source().decode())"
    assert _python(code).strip() == native.digest()
    assert [path.name for path in tmp_path.iterdir()] == ["lib.so"]


@pytest.mark.parametrize("compiler", ["/nowhere/cc", shutil.which("false") or "false"])
def test_without_a_compiler_it_says_so_and_goes_on(monkeypatch, tmp_path, compiler):
    monkeypatch.setenv("CC", compiler)
    told = build.build(tmp_path / "lib.so")
    assert "Python alone" in told
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(native.library is None, reason="native code was not built")
def test_it_can_be_left_aside():
    code = "from dlp import native; print(native.library is None)"
    assert _python(code).strip() == "False"
    assert _python(code, SEKISHO_NATIVE="0").strip() == "True"


@pytest.mark.skipif(build.compiler() is None, reason="no C compiler here")
def test_a_library_of_other_sources_is_not_used(tmp_path):
    shutil.copytree(Path(native.__file__).parent, tmp_path / "dlp/native", ignore=shutil.ignore_patterns("*.so"))
    shutil.copy(ROOT / "dlp/__init__.py", tmp_path / "dlp")
    here = {"PYTHONPATH": str(tmp_path)}
    code = (
        "from dlp import native; from dlp.native import build; print(build.build()); print(native._load() is not None)"
    )
    assert _python(code, **here).splitlines()[-1] == "True"
    (tmp_path / "dlp/native/keys.c").write_text("/* another */")
    assert _python("from dlp import native; print(native.library)", **here).strip() == "None"


def test_why_it_is_left_aside_is_told(monkeypatch, tmp_path):
    ask = "from dlp import native; print(native.aside())"
    assert _python(ask, SEKISHO_NATIVE="0").strip() == "SEKISHO_NATIVE=0"
    monkeypatch.setattr(native, "library", None)
    monkeypatch.delenv("SEKISHO_NATIVE", raising=False)
    monkeypatch.setattr(native, "LIBRARY", tmp_path / "lib.so")
    assert native.aside() == "not built"
    native.LIBRARY.touch()
    assert native.aside() == "built from other sources"
    monkeypatch.setattr(native, "library", object())
    assert native.aside() == ""
