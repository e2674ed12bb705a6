-- People of a transfer, packed (quarantine/exposure.py), instead of a row each: exposure reads them per sender.
CREATE TABLE people (
  ledger INTEGER PRIMARY KEY REFERENCES ledger (id),
  tokens BLOB    NOT NULL
) STRICT;
INSERT INTO people (ledger, tokens) SELECT ledger, pack_tokens(token) FROM token GROUP BY ledger;
DROP TABLE token;

-- The trace index (quarantine/postings.py): what was recorded last, piece by piece, and sorted runs of all before.
CREATE TABLE trace_new (
  id     INTEGER PRIMARY KEY,
  ledger INTEGER NOT NULL REFERENCES ledger (id),
  size   INTEGER NOT NULL,                 -- entries
  tokens BLOB    NOT NULL,
  parts  BLOB    NOT NULL
) STRICT;
CREATE TABLE trace_run (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  level   INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  live    INTEGER NOT NULL                 -- 0: being written, or to be removed
) STRICT;
CREATE TABLE trace_block (
  id    INTEGER PRIMARY KEY,
  run   INTEGER NOT NULL,
  first INTEGER NOT NULL,                  -- its least token
  body  BLOB    NOT NULL
) STRICT;
CREATE INDEX trace_block_by_first ON trace_block (run, first, id);

-- Paths inside a transfer, by the part numbers of the index; sealed.
CREATE TABLE trace_place (
  ledger INTEGER PRIMARY KEY REFERENCES ledger (id),
  sealed BLOB    NOT NULL
) STRICT;

-- Who looked for a citizen, and why. Never for whom.
CREATE TABLE search (
  id     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  fields TEXT    NOT NULL,                 -- kinds of what was known: "birth name"
  found  INTEGER NOT NULL,                 -- transfers
  reason BLOB    NOT NULL                  -- sealed
) STRICT;

-- An incident under work: what was chosen and what is said of it.
CREATE TABLE incident (
  id     TEXT    PRIMARY KEY,
  opened INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  body   BLOB    NOT NULL                  -- sealed JSON
) STRICT;
CREATE TABLE incident_ledger (
  incident TEXT    NOT NULL REFERENCES incident (id),
  ledger   INTEGER NOT NULL REFERENCES ledger (id),
  PRIMARY KEY (incident, ledger)
) STRICT, WITHOUT ROWID;
-- Leave to see the list of affected people: asked for by one, approved by another, good for a time.
CREATE TABLE incident_leave (
  id       INTEGER PRIMARY KEY,
  incident TEXT    NOT NULL REFERENCES incident (id),
  asked_by TEXT    NOT NULL,
  asked_at INTEGER NOT NULL,
  given_by TEXT,
  given_at INTEGER,
  CHECK (given_by IS NULL OR given_by <> asked_by)
) STRICT;
CREATE INDEX incident_leave_by_incident ON incident_leave (incident, id);
