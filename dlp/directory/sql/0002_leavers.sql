-- Leavers: what the sources said of them, the removal of their accounts as a task with a name on it, exceptions.

-- Leave, once, for a source to tell of far fewer people than before.
CREATE TABLE source_leave (
  source TEXT PRIMARY KEY,
  given  TEXT NOT NULL,
  by     TEXT NOT NULL
) STRICT;

-- Who has, or had, an end date; kept when every source has forgotten the person.
CREATE TABLE departure (
  person  TEXT PRIMARY KEY,
  last    TEXT NOT NULL,               -- last day of employment
  entered TEXT NOT NULL,               -- when an end date was first seen
  row     TEXT NOT NULL,               -- JSON, as dlp.directory.people reads it
  void    TEXT                         -- when the end date was taken back; NULL: it stands
) STRICT;

CREATE TABLE task (
  id        INTEGER PRIMARY KEY,
  person    TEXT NOT NULL,             -- whose account is to be removed
  name      TEXT NOT NULL,
  owner     TEXT NOT NULL,             -- employee number of who has to do it; '' nobody: that is an alarm
  due       TEXT NOT NULL,             -- local date
  opened    TEXT NOT NULL,
  done      TEXT,                      -- when it was said to be done
  done_by   TEXT,
  remark    TEXT NOT NULL DEFAULT '',
  cancelled TEXT,                      -- when the departure was taken back
  escalated TEXT,                      -- local date of the last reminder
  CHECK ((done IS NULL) = (done_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX task_open ON task (person) WHERE done IS NULL AND cancelled IS NULL;

-- "Whose duty was it?": every owner a task has had.
CREATE TABLE task_owner (
  task  INTEGER NOT NULL REFERENCES task (id),
  owner TEXT NOT NULL,
  since TEXT NOT NULL,
  by    TEXT NOT NULL
) STRICT;

-- A superior's leave for somebody who would be refused.
CREATE TABLE exemption (
  id           INTEGER PRIMARY KEY,
  person       TEXT NOT NULL,
  granted_by   TEXT NOT NULL,
  reason       TEXT NOT NULL CHECK (reason <> ''),
  channels     TEXT NOT NULL,          -- JSON list
  destinations TEXT NOT NULL,          -- JSON list; [] for any
  since        TEXT NOT NULL,          -- local dates, both inclusive
  until        TEXT NOT NULL,
  granted      TEXT NOT NULL,
  revoked      TEXT,
  revoked_by   TEXT
) STRICT;
CREATE INDEX exemption_by_person ON exemption (person);

-- What somebody sent in the days before their departure was entered: counts, no content.
CREATE TABLE lookback (
  id     INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  made   TEXT NOT NULL,
  report TEXT NOT NULL                 -- JSON
) STRICT;
CREATE INDEX lookback_by_person ON lookback (person);

-- What is wrong now; what was wrong before is in the audit chain.
CREATE TABLE alarm (
  name   TEXT PRIMARY KEY,             -- "silent ldap"
  raised TEXT NOT NULL,
  told   TEXT NOT NULL,                -- local date of the last notice
  code   TEXT NOT NULL,
  detail TEXT NOT NULL                 -- JSON object
) STRICT;

-- Pushed by SCIM. A deleted one stays as a tombstone, so that deleting an account lifts no refusal.
CREATE TABLE scim_user (
  id        TEXT PRIMARY KEY,
  user_name TEXT NOT NULL,             -- lower case
  external  TEXT NOT NULL,
  body      TEXT NOT NULL,             -- JSON, the resource without id and meta
  row       TEXT NOT NULL,             -- JSON, as dlp.directory.people reads it; supervisor may be a SCIM id
  version   INTEGER NOT NULL,
  created   TEXT NOT NULL,
  modified  TEXT NOT NULL,
  deleted   TEXT
) STRICT;
CREATE UNIQUE INDEX scim_user_by_name ON scim_user (user_name) WHERE deleted IS NULL;
CREATE INDEX scim_user_by_external ON scim_user (external);

CREATE TABLE scim_token (
  digest  TEXT PRIMARY KEY,            -- SHA-256 of a random token
  label   TEXT NOT NULL,
  made    TEXT NOT NULL,
  by      TEXT NOT NULL,
  revoked TEXT
) STRICT;
