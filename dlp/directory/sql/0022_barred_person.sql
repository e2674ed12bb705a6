-- Who was refused is a part of what was refused: one line for each person.
CREATE TABLE barred_by_person (
  host   TEXT NOT NULL,
  kind   TEXT NOT NULL,                 -- "websocket", "stream", "raw", "tls"
  person TEXT NOT NULL,                 -- employee number; "": nobody that the directory knows
  via    TEXT NOT NULL,                 -- the gateway that says so
  first  TEXT NOT NULL,
  last   TEXT NOT NULL,
  count  INTEGER NOT NULL,
  PRIMARY KEY (host, kind, person, via)
) STRICT, WITHOUT ROWID;
INSERT INTO barred_by_person SELECT host, kind, '', via, first, last, count FROM barred;
DROP TABLE barred;
ALTER TABLE barred_by_person RENAME TO barred;
CREATE INDEX barred_by_last ON barred (last);
