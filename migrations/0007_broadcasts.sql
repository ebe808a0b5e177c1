-- Permanent: what was sent to many, in which words, by whom.
CREATE TABLE broadcasts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  state_at INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  user_name TEXT NOT NULL,
  chat_id INTEGER NOT NULL,
  story_id INTEGER,
  article_ids TEXT NOT NULL DEFAULT '[]',
  url TEXT,
  photo TEXT,
  texts TEXT NOT NULL,
  missing TEXT NOT NULL DEFAULT '{}',
  pending TEXT,
  revision INTEGER NOT NULL DEFAULT 1,
  corrected_at INTEGER,
  audience TEXT NOT NULL DEFAULT 'all',
  level TEXT NOT NULL DEFAULT 'usual',
  silent INTEGER NOT NULL DEFAULT 0,
  asleep TEXT NOT NULL DEFAULT 'wait',
  due_at INTEGER,
  started_at INTEGER,
  ended_at INTEGER,
  cursor INTEGER NOT NULL DEFAULT 0,
  enqueued INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  recalled_at INTEGER,
  rate REAL NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE INDEX broadcasts_live ON broadcasts (state) WHERE state IN ('scheduled', 'countdown', 'sending', 'paused');
CREATE INDEX broadcasts_story ON broadcasts (story_id) WHERE story_id IS NOT NULL;
CREATE INDEX broadcasts_started ON broadcasts (started_at) WHERE started_at IS NOT NULL;

-- Which words a copy went out with: those with older ones are edited.
ALTER TABLE deliveries ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- What of a broadcast still waits, and what did not arrive.
CREATE INDEX deliveries_broadcast_queued ON deliveries (ref) WHERE kind = 'broadcast' AND state = 'queued';
CREATE INDEX deliveries_broadcast_amiss ON deliveries (ref)
  WHERE kind = 'broadcast' AND state IN ('failed', 'unreachable', 'unknown');

-- One correction or recall, and what became of each copy in it.
CREATE TABLE broadcast_rounds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL UNIQUE,
  broadcast_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  revision INTEGER NOT NULL,
  note TEXT NOT NULL DEFAULT '{}',
  notice INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  user_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  ended_at INTEGER
);
CREATE INDEX broadcast_rounds_running ON broadcast_rounds (broadcast_id) WHERE state = 'running';

CREATE TABLE broadcast_edits (
  round_id INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  due_at INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (round_id, delivery_id)
) WITHOUT ROWID;
CREATE INDEX broadcast_edits_due ON broadcast_edits (round_id, due_at) WHERE due_at IS NOT NULL;

-- The messages that show editors how it goes; found again after a restart.
CREATE TABLE broadcast_screens (
  broadcast_id INTEGER NOT NULL,
  chat_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  language TEXT NOT NULL,
  timezone TEXT NOT NULL,
  at INTEGER NOT NULL,
  shown TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (broadcast_id, chat_id)
) WITHOUT ROWID;

CREATE TABLE breaking_choices (
  subscriber_id INTEGER PRIMARY KEY REFERENCES subscribers (id) ON DELETE CASCADE,
  level TEXT NOT NULL,
  silent INTEGER NOT NULL,
  night TEXT NOT NULL,
  broadcast_id INTEGER,
  at INTEGER NOT NULL
);

CREATE INDEX breaking_choices_broadcast ON breaking_choices (broadcast_id) WHERE broadcast_id IS NOT NULL;

CREATE TABLE roles (
  user_id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  by_id INTEGER NOT NULL,
  at INTEGER NOT NULL
);

CREATE TABLE invites (
  hash TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  by_id INTEGER NOT NULL,
  until INTEGER NOT NULL,
  used_by INTEGER
) WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  act TEXT NOT NULL,
  broadcast_id INTEGER,
  detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_broadcast ON audit (broadcast_id) WHERE broadcast_id IS NOT NULL;

-- What editors changed by hand in the digests to come.
CREATE TABLE story_edits (
  story_id INTEGER PRIMARY KEY,
  pinned_at INTEGER,
  dropped INTEGER NOT NULL DEFAULT 0,
  titles TEXT NOT NULL DEFAULT '{}',
  until INTEGER NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX story_edits_until ON story_edits (until);

CREATE TABLE proposals (
  story_id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  quiet INTEGER NOT NULL DEFAULT 0
);
