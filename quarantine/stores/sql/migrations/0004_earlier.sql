-- Was this very content sent before? A mail server that lost our answer sends it again.
CREATE INDEX ledger_by_digest ON ledger (digest, at);
