-- Of a writer's connection, and of nobody else: what is inserted here is one write of many, which come and go together.
-- A row with an outcome says what became of a transfer, one without it is a transfer; each brings its audit entry.
CREATE TEMP VIEW stroke (seq, made, actor, event, subject, said, previous, hash,
                         transfer, at, channel, sender, person, department, destination, digest, size, media_type,
                         verdict, reasons, ruleset, subjects, counts, left_at, outcome, detail) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL;
CREATE TEMP TRIGGER stroke_is_written INSTEAD OF INSERT ON stroke
BEGIN
  INSERT INTO ledger (transfer, at, channel, sender, person, department, destination, digest, size, media_type,
                      verdict, reasons, ruleset, subjects, counts, left_at)
  SELECT NEW.transfer, NEW.at, NEW.channel, NEW.sender, NEW.person, NEW.department, NEW.destination, NEW.digest,
         NEW.size, NEW.media_type, NEW.verdict, NEW.reasons, NEW.ruleset, NEW.subjects, NEW.counts, NEW.left_at
  WHERE NEW.outcome IS NULL;
  UPDATE ledger SET outcome = NEW.outcome, detail = NEW.detail
  WHERE NEW.outcome IS NOT NULL AND transfer = NEW.transfer;
  SELECT RAISE(ABORT, 'it changes nothing') WHERE NEW.outcome IS NOT NULL AND changes() <> 1;
  INSERT INTO audit (seq, at, actor, event, subject, detail, previous, hash)
  VALUES (NEW.seq, NEW.made, NEW.actor, NEW.event, NEW.subject, NEW.said, NEW.previous, NEW.hash);
END;
