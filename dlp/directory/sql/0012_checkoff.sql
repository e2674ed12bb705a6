-- The monthly check of usage (利用履歴のチェック): what each supervisor was shown, and the word on it.

CREATE TABLE checkoff (
  id         INTEGER PRIMARY KEY,
  month      TEXT NOT NULL,            -- 2026-11
  supervisor TEXT NOT NULL,            -- employee number; '' those without one, for the administrators
  opened     TEXT NOT NULL,
  due        TEXT NOT NULL,            -- the last day
  usage      TEXT NOT NULL,            -- JSON: what was shown. Counts, employee numbers, devices
  confirmed  TEXT,
  by         TEXT NOT NULL DEFAULT '',
  remark     TEXT NOT NULL DEFAULT '',
  escalated  TEXT,                     -- the last day it was escalated
  times      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (month, supervisor)
) STRICT;
