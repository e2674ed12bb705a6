-- The ledger of media (台帳): devices, loans, their histories, inventories, and what was written to which device.
-- Times are ISO 8601 in UTC, days ISO 8601.

CREATE TABLE device (
  serial      TEXT PRIMARY KEY,
  number      TEXT NOT NULL,           -- 登録番号
  registered  TEXT NOT NULL,           -- 登録年月日
  hardware    TEXT NOT NULL,           -- serial the hardware reports, where it differs
  vendor_id   TEXT NOT NULL,
  product_id  TEXT NOT NULL,
  product     TEXT NOT NULL,
  encrypted   INTEGER NOT NULL,
  department  TEXT NOT NULL,
  holder      TEXT NOT NULL,           -- employee number of the custodian
  number_work INTEGER NOT NULL,        -- kept for マイナンバー利用事務系
  folder      TEXT NOT NULL,
  remark      TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('in_use', 'lent', 'returned', 'lost', 'retired')),
  changed     TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX device_number ON device (number) WHERE number <> '';

CREATE TABLE device_event (
  id     INTEGER PRIMARY KEY,
  serial TEXT NOT NULL REFERENCES device,
  at     TEXT NOT NULL,
  actor  TEXT NOT NULL,
  event  TEXT NOT NULL,                -- register | edit | a move of the device | inventory
  state  TEXT NOT NULL,                -- after it
  loan   INTEGER,
  remark TEXT NOT NULL
) STRICT;

CREATE INDEX device_event_serial ON device_event (serial, id);

CREATE TABLE loan (
  id          INTEGER PRIMARY KEY,
  serial      TEXT NOT NULL REFERENCES device,
  person      TEXT NOT NULL,
  department  TEXT NOT NULL,           -- of the person, then
  purpose     TEXT NOT NULL,
  number_work INTEGER NOT NULL,        -- needs, and once approved has, the IT department head's word
  first       TEXT NOT NULL,
  last        TEXT NOT NULL,
  state       TEXT NOT NULL,
  requested   TEXT NOT NULL,
  approved_by TEXT NOT NULL DEFAULT '',
  approved    TEXT,
  it_by       TEXT NOT NULL DEFAULT '',
  it_at       TEXT,
  lent_by     TEXT NOT NULL DEFAULT '',
  lent        TEXT,
  closed_by   TEXT NOT NULL DEFAULT '',
  closed      TEXT,
  erased      TEXT NOT NULL DEFAULT '' CHECK (erased IN ('', 'looked', 'stated')),
  remark      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX loan_serial ON loan (serial, state);
CREATE INDEX loan_person ON loan (person, id);
CREATE UNIQUE INDEX loan_out ON loan (serial) WHERE state = 'lent';  -- a device is out under one loan

CREATE TABLE inventory (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL,
  opened    TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  closed    TEXT,
  closed_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX inventory_open ON inventory ((closed IS NULL)) WHERE closed IS NULL;  -- one at a time

CREATE TABLE inventory_line (
  inventory INTEGER NOT NULL REFERENCES inventory,
  serial    TEXT NOT NULL REFERENCES device,
  state     TEXT NOT NULL,             -- of the device when the inventory was opened
  seen      TEXT,                      -- when; NULL in a closed inventory: missing
  seen_by   TEXT NOT NULL DEFAULT '',
  remark    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (inventory, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE manifest (
  transfer TEXT NOT NULL,
  serial   TEXT NOT NULL,
  at       TEXT NOT NULL,
  person   TEXT NOT NULL,
  loan     INTEGER,
  purpose  TEXT NOT NULL,
  size     INTEGER NOT NULL,
  sha256   TEXT NOT NULL,
  PRIMARY KEY (transfer, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX manifest_serial ON manifest (serial, at);
CREATE INDEX manifest_person ON manifest (person, at);
