-- The whole schema, as the migrations together make it (a test compares). Change it with a new migration.

-- Times are whole microseconds since 1970-01-01 UTC. BLOB columns named "detail", "reason", "inner", "preview"
-- and "sealed" are ciphertext; nothing a person or another machine wrote stands here in clear.

CREATE TABLE ledger (
  id          INTEGER PRIMARY KEY,
  transfer    TEXT    NOT NULL UNIQUE,
  at          INTEGER NOT NULL,
  channel     TEXT    NOT NULL,
  sender      TEXT    NOT NULL,
  person      TEXT    NOT NULL,
  department  TEXT    NOT NULL,
  destination TEXT    NOT NULL,           -- JSON list
  digest      TEXT    NOT NULL,
  size        INTEGER NOT NULL,
  media_type  TEXT    NOT NULL,
  verdict     TEXT    NOT NULL,
  reasons     TEXT    NOT NULL,           -- JSON list
  ruleset     TEXT    NOT NULL,
  subjects    INTEGER NOT NULL,
  counts      TEXT    NOT NULL,           -- JSON object
  left_at     INTEGER,                    -- NULL: it did not leave
  outcome     TEXT    NOT NULL DEFAULT '',
  detail      BLOB    NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX ledger_by_person ON ledger (person, left_at);
CREATE INDEX ledger_by_time ON ledger (at);
CREATE INDEX ledger_by_digest ON ledger (digest, at);

CREATE TABLE held (
  id               TEXT    PRIMARY KEY,
  ledger           INTEGER NOT NULL UNIQUE REFERENCES ledger (id),
  status           TEXT    NOT NULL CHECK (status IN
    ('quarantined', 'awaiting_second', 'approved', 'released', 'rejected', 'withdrawn', 'purged')),
  round            INTEGER NOT NULL DEFAULT 1, -- decisions of earlier rounds no longer count
  approvals_needed INTEGER NOT NULL CHECK (approvals_needed >= 1),
  supervisor       TEXT    NOT NULL,
  reportable       TEXT    NOT NULL,      -- JSON list
  opened           INTEGER NOT NULL,
  changed          INTEGER NOT NULL,
  detail           BLOB    NOT NULL DEFAULT x'',
  key              TEXT,
  wrapped          BLOB,
  blob             TEXT    UNIQUE,
  inner            BLOB,
  preview          BLOB,
  CHECK ((status = 'purged') = (wrapped IS NULL)),
  CHECK ((wrapped IS NULL) = (blob IS NULL) AND (wrapped IS NULL) = (inner IS NULL)
     AND (wrapped IS NULL) = (preview IS NULL) AND (wrapped IS NULL) = (key IS NULL))
) STRICT;
CREATE INDEX held_by_status ON held (status, opened);
CREATE INDEX held_by_change ON held (status, changed);

CREATE TABLE decision (
  id       INTEGER PRIMARY KEY,
  held     TEXT    NOT NULL REFERENCES held (id),
  round    INTEGER NOT NULL,
  actor    TEXT    NOT NULL,
  move     TEXT    NOT NULL CHECK (move IN ('approve', 'reject', 'withdraw')),
  reason   BLOB    NOT NULL,
  at       INTEGER NOT NULL,
  UNIQUE (held, round, actor, move)
) STRICT;

CREATE TABLE permit (
  id          INTEGER PRIMARY KEY,
  held        TEXT    NOT NULL REFERENCES held (id),
  person      TEXT    NOT NULL CHECK (person <> ''),
  digest      TEXT    NOT NULL,
  destination TEXT    NOT NULL,
  until       INTEGER NOT NULL,
  used_at     INTEGER,
  used_by     TEXT                         -- transfer id
) STRICT;
CREATE INDEX permit_by_use ON permit (digest, person, destination) WHERE used_at IS NULL;
CREATE INDEX permit_by_case ON permit (held);

CREATE TABLE notice (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  sealed  BLOB,                            -- NULL once sent
  sent_at INTEGER
) STRICT;
CREATE INDEX notice_waiting ON notice (id) WHERE sent_at IS NULL;

CREATE TABLE ring (
  key  TEXT    PRIMARY KEY,                -- id of a wrapping key, not the key
  seen INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  seq      INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,
  actor    TEXT NOT NULL,
  event    TEXT NOT NULL,
  subject  TEXT NOT NULL,
  detail   TEXT NOT NULL,                  -- JSON object
  previous TEXT NOT NULL,
  hash     TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject);
-- Against slips, not against an intruder: that is what the chain is for.
CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit entries are not edited');
END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit entries are not deleted');
END;

-- People of a transfer, packed (quarantine/exposure.py),: exposure reads them per sender.
CREATE TABLE people (
  ledger INTEGER PRIMARY KEY REFERENCES ledger (id),
  tokens BLOB    NOT NULL
) STRICT;

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

CREATE TABLE checkpoint (
  number INTEGER PRIMARY KEY,              -- 1, 2, 3 … without gaps
  seq    INTEGER NOT NULL,                 -- the audit entry it signs
  line   TEXT    NOT NULL                  -- signed JSON, exactly as it is exported
) STRICT;

CREATE TABLE export (
  place TEXT    PRIMARY KEY,               -- e.g. "folder", "collector"
  done  INTEGER NOT NULL                   -- number of the last checkpoint or audit entry that place has
) STRICT;
