-- Coverage: which terminals and routes there are, when each was last heard, and what was seen beside them.
-- Times are ISO 8601 in UTC. What agents report are signs of life; what is listed is somebody's word and in the chain.

CREATE TABLE terminal (
  name       TEXT PRIMARY KEY,          -- small letters
  kind       TEXT NOT NULL CHECK (kind IN ('terminal', 'gateway', 'route')),
  address    TEXT NOT NULL DEFAULT '',  -- an address or network from which it sends; '' unknown
  department TEXT NOT NULL DEFAULT '',
  owner      TEXT NOT NULL DEFAULT '',  -- employee number
  heartbeat  INTEGER NOT NULL,          -- whether it is to report
  remark     TEXT NOT NULL DEFAULT '',
  listed     TEXT,                      -- when it was listed; NULL: it reports, but nobody has listed it
  heard      TEXT,
  version    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,             -- the one host it may speak for; '' any (a collector)
  digest     TEXT NOT NULL UNIQUE,      -- SHA-256 of its token
  created    TEXT NOT NULL,
  created_by TEXT NOT NULL,
  revoked    TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE sighting (
  host       TEXT NOT NULL,
  serial     TEXT NOT NULL,
  vendor_id  TEXT NOT NULL,
  product_id TEXT NOT NULL,
  product    TEXT NOT NULL,
  login      TEXT NOT NULL,
  source     TEXT NOT NULL,
  first      TEXT NOT NULL,
  last       TEXT NOT NULL,
  PRIMARY KEY (host, serial, vendor_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE passthrough (
  host  TEXT NOT NULL,                  -- the server nobody has read the traffic to
  via   TEXT NOT NULL,                  -- the gateway that says so
  first TEXT NOT NULL,
  last  TEXT NOT NULL,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (host, via)
) STRICT, WITHOUT ROWID;

CREATE TABLE route_use (
  route  TEXT NOT NULL,
  login  TEXT NOT NULL,                 -- as the channel knew the sender
  person TEXT NOT NULL,
  via    TEXT NOT NULL,
  first  TEXT NOT NULL,
  last   TEXT NOT NULL,
  count  INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,
  PRIMARY KEY (route, login, via)
) STRICT, WITHOUT ROWID;

CREATE TABLE round (                    -- what is done once a day or month, so that it is done once
  name TEXT NOT NULL,
  at   TEXT NOT NULL,                   -- the day or month
  done TEXT NOT NULL,
  PRIMARY KEY (name, at)
) STRICT, WITHOUT ROWID;
