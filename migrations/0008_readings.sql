CREATE TABLE readings (
  source_id INTEGER PRIMARY KEY REFERENCES sources(id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'active',
  interval_minutes INTEGER,
  due_at INTEGER NOT NULL,
  lease_token TEXT,
  etag TEXT,
  last_modified TEXT,
  digest TEXT NOT NULL DEFAULT '',
  ttl_minutes INTEGER,
  max_age_seconds INTEGER,
  hub TEXT,
  last_read_at INTEGER,
  last_new_at INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  failure_code TEXT NOT NULL DEFAULT '',
  failure TEXT NOT NULL DEFAULT '',
  told TEXT NOT NULL DEFAULT ''
);
CREATE INDEX readings_due ON readings (due_at) WHERE state = 'active';
