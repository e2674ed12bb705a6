-- What the proxy refuses because it cannot read it: streams that never end, protocols of their own.
CREATE TABLE barred (
  host  TEXT NOT NULL,
  kind  TEXT NOT NULL,                  -- "websocket", "stream", "raw"
  via   TEXT NOT NULL,                  -- the gateway that says so
  first TEXT NOT NULL,
  last  TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (host, kind, via)
) STRICT, WITHOUT ROWID;
CREATE INDEX barred_by_last ON barred (last);
