CREATE TABLE checkpoint (
  number INTEGER PRIMARY KEY,              -- 1, 2, 3 … without gaps
  seq    INTEGER NOT NULL,                 -- the audit entry it signs
  line   TEXT    NOT NULL                  -- signed JSON, exactly as it is exported
) STRICT;

CREATE TABLE export (
  place TEXT    PRIMARY KEY,               -- e.g. "folder", "collector"
  done  INTEGER NOT NULL                   -- number of the last checkpoint or audit entry that place has
) STRICT;
