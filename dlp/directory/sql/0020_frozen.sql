-- Devices that were written to past the gateway: nothing more is written to them until somebody has looked.
CREATE TABLE frozen (
  serial  TEXT PRIMARY KEY,
  at      TEXT NOT NULL,
  program TEXT NOT NULL,               -- name of the executable
  uid     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
