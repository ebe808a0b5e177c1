CREATE TABLE updates (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  due_at INTEGER,
  lease_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX updates_due ON updates (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
