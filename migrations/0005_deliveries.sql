-- The ledger outlives its subscribers, so subscriber_id refers to nothing: deleting one must not scan a million rows.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  ref INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  subscriber_id INTEGER NOT NULL,
  part INTEGER NOT NULL DEFAULT 1,
  attempt INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL,
  priority INTEGER NOT NULL,
  due_at INTEGER,
  lease_token TEXT,
  message_id INTEGER,
  error TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL,
  body TEXT
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (kind, ref, slot, subscriber_id, part, attempt);
-- Only rows that still have something to do carry a due_at.
CREATE INDEX deliveries_due ON deliveries (priority, due_at) WHERE due_at IS NOT NULL;
-- Those that a crash may leave behind.
CREATE INDEX deliveries_held ON deliveries (due_at) WHERE state IN ('claimed', 'sending');
CREATE INDEX deliveries_unknown ON deliveries (at) WHERE state = 'unknown';

CREATE TABLE shown (
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  article_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  PRIMARY KEY (subscriber_id, article_id)
) WITHOUT ROWID;

CREATE TABLE tallies (
  kind TEXT NOT NULL,
  ref INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  state TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (kind, ref, slot, state)
) WITHOUT ROWID;

CREATE TABLE stops (
  chat_id INTEGER PRIMARY KEY,
  until INTEGER NOT NULL
);
