"""`python -m dlp`."""

from dlp.cli import main

raise SystemExit(main())
