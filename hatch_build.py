"""What making a wheel does besides packing: the native library, where there is a C compiler (see `dlp/native`)."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeHook(BuildHookInterface[Any]):
    """Compiles before packing. A wheel without the library is one for every machine."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and say for which machines the wheel is."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root)))
        from dlp.native import LIBRARY, build

        LIBRARY.unlink(missing_ok=True)
        self.app.display_info(build.build())
        if LIBRARY.exists():
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
