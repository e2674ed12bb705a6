-- One query a name; parameters are named, but where a query takes several rows (`queries.of_many`).
-- Read by quarantine.stores.queries.

-- name: add_ledger
INSERT INTO ledger (transfer, at, channel, sender, person, department, destination, digest, size, media_type,
                    verdict, reasons, ruleset, subjects, counts, left_at)
VALUES (:transfer, :at, :channel, :sender, :person, :department, :destination, :digest, :size, :media_type,
        :verdict, :reasons, :ruleset, :subjects, :counts, :left_at)
ON CONFLICT (transfer) DO NOTHING
RETURNING id;

-- name: add_ledgers
INSERT INTO ledger (transfer, at, channel, sender, person, department, destination, digest, size, media_type,
                    verdict, reasons, ruleset, subjects, counts, left_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (transfer) DO NOTHING;

-- name: add_strokes
INSERT INTO stroke
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_people
INSERT INTO people (ledger, tokens) VALUES (:ledger, :tokens);

-- name: set_outcome
UPDATE ledger SET outcome = :outcome, detail = :detail WHERE transfer = :transfer;

-- name: set_outcomes
UPDATE ledger SET outcome = said.column2, detail = said.column3
FROM (VALUES (?, ?, ?)) AS said WHERE ledger.transfer = said.column1;

-- name: set_left
UPDATE ledger SET left_at = :left_at WHERE id = (SELECT ledger FROM held WHERE id = :case);

-- name: exposed
SELECT ledger.id, ledger.left_at, length(people.tokens) / 8 AS size
FROM ledger JOIN people ON people.ledger = ledger.id
WHERE ledger.person = :person AND ledger.left_at >= :since;

-- name: get_people
SELECT tokens FROM people WHERE ledger = :ledger;

-- name: list_ledger
SELECT ledger.*, held.id AS held, held.status AS status
FROM ledger LEFT JOIN held ON held.ledger = ledger.id
WHERE :person IS NULL OR ledger.person = :person
ORDER BY ledger.at DESC, ledger.id DESC
LIMIT :limit;

-- name: earlier
SELECT ledger.*, held.id AS held, held.status AS status
FROM ledger LEFT JOIN held ON held.ledger = ledger.id
WHERE ledger.digest = :digest AND ledger.at >= :since AND ledger.channel = :channel AND ledger.sender = :sender
ORDER BY ledger.id;

-- name: locked_cases
SELECT held.id AS id
FROM ledger JOIN held ON held.ledger = ledger.id
WHERE ledger.at >= :since AND ledger.channel = 'mail' AND ledger.sender = :sender
  AND held.status IN ('quarantined', 'awaiting_second')
  AND EXISTS (SELECT 1 FROM json_each(ledger.reasons) AS said
              WHERE json_extract(said.value, '$.code') = 'unread.encrypted')
  AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.subject = held.id AND audit.event = 'password')
ORDER BY ledger.id DESC
LIMIT :limit;

-- name: ledger_rows
SELECT ledger.*, held.id AS held, held.status AS status, trace_place.sealed AS places
FROM ledger LEFT JOIN held ON held.ledger = ledger.id LEFT JOIN trace_place ON trace_place.ledger = ledger.id
WHERE ledger.id IN (SELECT value FROM json_each(:ids))
ORDER BY ledger.at DESC, ledger.id DESC;

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

-- name: add_entries
INSERT INTO audit (seq, at, actor, event, subject, detail, previous, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: list_entries
SELECT * FROM audit WHERE seq > :since ORDER BY seq LIMIT :limit;

-- name: last_about
SELECT * FROM audit WHERE subject = :subject AND event = :event ORDER BY seq DESC LIMIT 1;

-- name: last_move
SELECT * FROM audit
WHERE subject = :case AND event IN ('admit', 'decide', 'settle', 'expire')
ORDER BY seq DESC
LIMIT 1;

-- name: list_statuses
SELECT id, status FROM held;

-- name: hash_at
SELECT hash FROM audit WHERE seq = :seq;

-- name: add_piece
INSERT INTO trace_new (ledger, size, tokens, parts) VALUES (:ledger, :size, :tokens, :parts);

-- name: add_place
INSERT INTO trace_place (ledger, sealed) VALUES (:ledger, :sealed);

-- name: list_pieces
SELECT id, ledger, size, tokens, parts FROM trace_new ORDER BY id LIMIT :limit;

-- name: count_pieces
SELECT count(*) AS pieces, coalesce(sum(size), 0) AS entries FROM trace_new;

-- name: drop_piece
DELETE FROM trace_new WHERE id = :id;

-- name: list_runs
SELECT id, level, entries FROM trace_run WHERE live ORDER BY id;

-- name: list_hidden_runs
SELECT id FROM trace_run WHERE NOT live;

-- name: add_run
INSERT INTO trace_run (level, entries, live) VALUES (:level, 0, 0) RETURNING id;

-- name: show_run
UPDATE trace_run SET live = 1, entries = :entries WHERE id = :id;

-- name: hide_run
UPDATE trace_run SET live = 0 WHERE id = :id;

-- name: drop_run
DELETE FROM trace_run WHERE id = :id;

-- name: add_block
INSERT INTO trace_block (run, first, body) VALUES (:run, :first, :body);

-- name: drop_blocks
DELETE FROM trace_block WHERE id IN (SELECT id FROM trace_block WHERE run = :run LIMIT :limit);

-- name: blocks_down_from
SELECT first, body FROM trace_block WHERE run = :run AND first <= :token ORDER BY first DESC, id DESC;

-- name: blocks_after
SELECT id, body FROM trace_block WHERE run = :run AND id > :after ORDER BY id LIMIT :limit;

-- name: add_search
INSERT INTO search (at, actor, fields, found, reason) VALUES (:at, :actor, :fields, :found, :reason);

-- name: list_searches
SELECT id, at, actor, fields, found, reason FROM search ORDER BY id DESC LIMIT :limit;

-- name: save_incident
INSERT INTO incident (id, opened, actor, body) VALUES (:id, :opened, :actor, :body)
ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- name: get_incident
SELECT id, opened, actor, body FROM incident WHERE id = :id;

-- name: list_incidents
SELECT id, opened, actor, body FROM incident ORDER BY opened DESC, id LIMIT :limit;

-- name: add_incident_ledger
INSERT INTO incident_ledger (incident, ledger)
SELECT :incident, id FROM ledger WHERE transfer = :transfer
ON CONFLICT DO NOTHING;

-- name: list_incident_ledger
SELECT ledger FROM incident_ledger WHERE incident = :incident ORDER BY ledger;

-- name: incident_people
SELECT people.ledger AS ledger, people.tokens AS tokens FROM incident_ledger JOIN people ON people.ledger = incident_ledger.ledger
WHERE incident_ledger.incident = :incident;

-- name: ask_leave
INSERT INTO incident_leave (incident, asked_by, asked_at) VALUES (:incident, :actor, :at);

-- name: give_leave
UPDATE incident_leave SET given_by = :actor, given_at = :at
WHERE id = (SELECT max(id) FROM incident_leave WHERE incident = :incident)
  AND given_by IS NULL AND asked_by <> :actor
RETURNING id;

-- name: last_leave
SELECT asked_by, asked_at, given_by, given_at FROM incident_leave
WHERE incident = :incident ORDER BY id DESC LIMIT 1;

-- name: ledger_between
SELECT id FROM ledger
WHERE at >= :since AND at < :until AND (:person IS NULL OR person = :person) AND subjects > 0
ORDER BY at, id LIMIT :limit;

-- name: last_checkpoint
SELECT number, line FROM checkpoint ORDER BY number DESC LIMIT 1;

-- name: add_checkpoint
INSERT INTO checkpoint (number, seq, line) VALUES (:number, :seq, :line);

-- name: list_checkpoints
SELECT number, line FROM checkpoint WHERE number > :since ORDER BY number LIMIT :limit;

-- name: exported
SELECT done FROM export WHERE place = :place;

-- name: set_exported
INSERT INTO export (place, done) VALUES (:place, :done) ON CONFLICT (place) DO UPDATE SET done = excluded.done;

-- name: bound_rows
SELECT id, transfer, at, channel, sender, person, department, destination, digest, size, media_type, verdict,
       reasons, ruleset, subjects, counts
FROM ledger
WHERE id > :after
ORDER BY id;

-- name: proof_links
SELECT seq, at, actor, event, subject, detail, previous, hash FROM audit ORDER BY seq;

-- name: proof_rows
SELECT id, transfer, at, channel, sender, person, department, destination, digest, size, media_type, verdict,
       reasons, ruleset, subjects, counts, left_at, outcome, detail,
       (SELECT people.tokens FROM people WHERE people.ledger = ledger.id) AS tokens,
       (SELECT trace_place.sealed FROM trace_place WHERE trace_place.ledger = ledger.id) AS places
FROM ledger
ORDER BY id;

-- name: proof_row
SELECT id, transfer, at, channel, sender, person, department, destination, digest, size, media_type, verdict,
       reasons, ruleset, subjects, counts, left_at, outcome, detail,
       (SELECT people.tokens FROM people WHERE people.ledger = ledger.id) AS tokens,
       (SELECT trace_place.sealed FROM trace_place WHERE trace_place.ledger = ledger.id) AS places
FROM ledger
WHERE transfer = :transfer;

-- name: tally_transfers
SELECT department, channel, person, verdict, count(*), sum(subjects), max(subjects)
FROM ledger
WHERE at >= :since AND at < :until
  AND (:departments IS NULL OR department IN (SELECT value FROM json_each(:departments)))
GROUP BY department, channel, person, verdict
ORDER BY department, channel, person, verdict;

-- name: tally_kinds
SELECT ledger.department, kind.key, count(*), sum(kind.value)
FROM ledger, json_each(ledger.counts) AS kind
WHERE ledger.at >= :since AND ledger.at < :until AND ledger.subjects > 0
  AND (:departments IS NULL OR ledger.department IN (SELECT value FROM json_each(:departments)))
GROUP BY ledger.department, kind.key
ORDER BY ledger.department, kind.key;

-- name: tally_decisions
SELECT ledger.department, decision.actor, decision.move, (decision.at - held.opened) / 1e6
FROM decision JOIN held ON held.id = decision.held JOIN ledger ON ledger.id = held.ledger
WHERE decision.at >= :since AND decision.at < :until
  AND (:departments IS NULL OR ledger.department IN (SELECT value FROM json_each(:departments)))
ORDER BY decision.id;

-- name: tally_cases
SELECT ledger.department, held.status, count(*)
FROM held JOIN ledger ON ledger.id = held.ledger
WHERE held.opened >= :since AND held.opened < :until
  AND (:departments IS NULL OR ledger.department IN (SELECT value FROM json_each(:departments)))
GROUP BY ledger.department, held.status
ORDER BY ledger.department, held.status;

-- name: tally_trend
SELECT verdict, count(*), sum(subjects)
FROM ledger
WHERE at >= :since AND at < :until
  AND (:departments IS NULL OR department IN (SELECT value FROM json_each(:departments)))
GROUP BY verdict
ORDER BY verdict;

-- name: last_event
SELECT * FROM audit WHERE event = :event ORDER BY seq DESC LIMIT 1;
