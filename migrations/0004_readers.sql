CREATE TABLE subscribers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id INTEGER NOT NULL,
  thread_id INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL,
  news_languages TEXT NOT NULL,
  timezone TEXT NOT NULL,
  timezone_known INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active',
  state_at INTEGER NOT NULL,
  paused_until INTEGER,
  note TEXT NOT NULL DEFAULT '',
  set_up_by INTEGER,
  digests_seen INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX subscribers_chat ON subscribers (chat_id, thread_id);

CREATE TABLE subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  minute INTEGER NOT NULL,
  rule TEXT NOT NULL,
  count INTEGER NOT NULL,
  query TEXT NOT NULL DEFAULT '',
  summaries INTEGER NOT NULL DEFAULT 1,
  silent INTEGER NOT NULL DEFAULT 0,
  even_empty INTEGER NOT NULL DEFAULT 0,
  since_at INTEGER NOT NULL,
  due_at INTEGER,
  slot_at INTEGER,
  lease_token TEXT,
  origin TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
);
CREATE INDEX subscriptions_due ON subscriptions (due_at);
CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber_id);

CREATE TABLE searches (
  token TEXT PRIMARY KEY,
  query TEXT NOT NULL,
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX searches_created ON searches (created_at);

CREATE TABLE pages (
  chat_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, message_id)
) WITHOUT ROWID;
CREATE INDEX pages_created ON pages (created_at);

CREATE TABLE asks (
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id)
) WITHOUT ROWID;

CREATE TABLE visits (
  who TEXT PRIMARY KEY,
  minute INTEGER NOT NULL,
  count INTEGER NOT NULL
) WITHOUT ROWID;
