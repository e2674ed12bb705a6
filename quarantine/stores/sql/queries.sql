-- One query a name; parameters are named. Read by quarantine.stores.queries.

-- name: add_ledger
INSERT INTO ledger (transfer, at, channel, sender, person, department, destination, digest, size, media_type,
                    verdict, reasons, ruleset, subjects, counts, left_at)
VALUES (:transfer, :at, :channel, :sender, :person, :department, :destination, :digest, :size, :media_type,
        :verdict, :reasons, :ruleset, :subjects, :counts, :left_at)
ON CONFLICT (transfer) DO NOTHING
RETURNING id;

-- name: add_token
INSERT OR IGNORE INTO token (ledger, token) VALUES (:ledger, :token);

-- name: set_outcome
UPDATE ledger SET outcome = :outcome, detail = :detail WHERE transfer = :transfer;

-- name: set_left
UPDATE ledger SET left_at = :left_at WHERE id = (SELECT ledger FROM held WHERE id = :case);

-- name: exposed
SELECT DISTINCT token.token
FROM ledger JOIN token ON token.ledger = ledger.id
WHERE ledger.person = :person AND ledger.left_at >= :since;

-- name: list_ledger
SELECT ledger.*, held.id AS held, held.status AS status
FROM ledger LEFT JOIN held ON held.ledger = ledger.id
WHERE :person IS NULL OR ledger.person = :person
ORDER BY ledger.at DESC, ledger.id DESC
LIMIT :limit;

-- name: trace_token
SELECT ledger.*, held.id AS held, held.status AS status
FROM token JOIN ledger ON ledger.id = token.ledger LEFT JOIN held ON held.ledger = ledger.id
WHERE token.token = :token AND (:person IS NULL OR ledger.person = :person)
ORDER BY ledger.at DESC, ledger.id DESC
LIMIT :limit;

-- name: add_case
INSERT INTO held (id, ledger, status, approvals_needed, supervisor, reportable, opened, changed,
                  key, wrapped, blob, inner, preview)
VALUES (:id, :ledger, :status, :approvals_needed, :supervisor, :reportable, :opened, :changed,
        :key, :wrapped, :blob, :inner, :preview)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: get_case
SELECT ledger.*, held.*, held.detail AS held_detail, held.id AS held
FROM held JOIN ledger ON ledger.id = held.ledger
WHERE held.id = :case;

-- name: case_of
SELECT held.id AS held
FROM ledger JOIN held ON held.ledger = ledger.id
WHERE ledger.transfer = :transfer;

-- name: list_cases
SELECT ledger.*, held.*, held.detail AS held_detail, held.id AS held
FROM held JOIN ledger ON ledger.id = held.ledger
WHERE (:status IS NULL OR held.status IN (SELECT value FROM json_each(:status)))
  AND (:departments IS NULL OR ledger.department IN (SELECT value FROM json_each(:departments)))
ORDER BY held.opened, held.id
LIMIT :limit;

-- name: due_cases
SELECT id
FROM held
WHERE status IN (SELECT value FROM json_each(:status)) AND changed < :before
ORDER BY changed
LIMIT :limit;

-- name: blob_is_held
SELECT 1 FROM held WHERE blob = :blob;

-- name: change_case
UPDATE held
SET status = :status, changed = :changed, detail = coalesce(:detail, detail), round = round + :afresh
WHERE id = :case;

-- name: shred_case
UPDATE held
SET status = :status, key = NULL, wrapped = NULL, blob = NULL, inner = NULL, preview = NULL
WHERE id = :case;

-- name: rewrap_case
UPDATE held SET key = :key, wrapped = :wrapped WHERE id = :case AND wrapped = :instead_of;

-- name: add_decision
INSERT INTO decision (held, round, actor, move, reason, at)
SELECT id, round, :actor, :move, :reason, :at FROM held WHERE id = :case;

-- name: list_decisions
SELECT decision.actor, decision.move, decision.reason, decision.at
FROM held JOIN decision ON decision.held = held.id AND decision.round = held.round
WHERE held.id = :case
ORDER BY decision.id;

-- name: add_permit
INSERT INTO permit (held, person, digest, destination, until)
VALUES (:case, :person, :digest, :destination, :until);

-- name: find_permit
SELECT 1 FROM permit
WHERE person = :person AND digest = :digest AND destination = :destination AND until > :now AND used_at IS NULL;

-- name: use_permit
UPDATE permit
SET used_at = :now, used_by = :transfer
WHERE id = (
  SELECT id FROM permit
  WHERE person = :person AND digest = :digest AND destination = :destination AND until > :now AND used_at IS NULL
  ORDER BY until, id
  LIMIT 1)
RETURNING held, person, digest, destination, until;

-- name: add_notice
INSERT INTO notice (sealed) VALUES (:sealed);

-- name: list_notices
SELECT id, sealed FROM notice WHERE sent_at IS NULL ORDER BY id LIMIT :limit;

-- name: set_notice_sent
UPDATE notice SET sent_at = :at, sealed = NULL WHERE id = :id AND sent_at IS NULL;

-- name: add_key
INSERT INTO ring (key, seen) VALUES (:key, :at) ON CONFLICT (key) DO NOTHING RETURNING key;

-- name: list_keys
SELECT key FROM ring;

-- name: wrapped_by_others
SELECT id FROM held WHERE wrapped IS NOT NULL AND key <> :key AND id > :after ORDER BY id LIMIT :limit;

-- name: last_entry
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

-- name: add_entry
INSERT INTO audit (seq, at, actor, event, subject, detail, previous, hash)
VALUES (:seq, :at, :actor, :event, :subject, :detail, :previous, :hash);

-- name: list_entries
SELECT * FROM audit WHERE seq > :since ORDER BY seq LIMIT :limit;

-- name: last_move
SELECT * FROM audit
WHERE subject = :case AND event IN ('admit', 'decide', 'settle', 'expire')
ORDER BY seq DESC
LIMIT 1;

-- name: count_ledger
SELECT count(*) AS transfers FROM ledger;

-- name: list_statuses
SELECT id, status FROM held;

-- name: list_verdicts
SELECT * FROM ledger WHERE transfer IN (SELECT value FROM json_each(:transfers));

-- name: hash_at
SELECT hash FROM audit WHERE seq = :seq;
