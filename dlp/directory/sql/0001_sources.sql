-- The last good copy of every source of people, so that end dates count with the source down.
-- Times are ISO 8601 in UTC, dates ISO 8601, lists and objects JSON.

CREATE TABLE source (
  name    TEXT PRIMARY KEY,            -- "people", "ldap", "scim" …
  kind    TEXT NOT NULL CHECK (kind IN ('personnel', 'account')),
  taken   TEXT NOT NULL,               -- when it was last read whole and good, even if nothing had changed
  changed TEXT NOT NULL,               -- when its content last changed
  digest  TEXT NOT NULL,
  rows    TEXT NOT NULL                -- JSON list of people as the source tells of them
) STRICT;
