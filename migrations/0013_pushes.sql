-- Where a feed says that it lives: what its hub is asked about (WebSub).
ALTER TABLE readings ADD COLUMN topic TEXT;
CREATE INDEX readings_hub ON readings (source_id) WHERE hub IS NOT NULL;

-- Sections that an operator files a source under, as JSON: all its articles are of them, too.
ALTER TABLE sources ADD COLUMN sections TEXT NOT NULL DEFAULT '[]';

-- What a hub was asked to tell us of a source by itself; the token names our callback. Without a reference to the
-- source: a hub is asked to stop after a source is gone.
CREATE TABLE pushes (
  token TEXT PRIMARY KEY,
  source_id INTEGER NOT NULL,
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  base TEXT NOT NULL,
  secret TEXT NOT NULL,
  ending INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  lease_until INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  failure_code TEXT NOT NULL DEFAULT '',
  failure TEXT NOT NULL DEFAULT '',
  heard_at INTEGER,
  missed_at INTEGER,
  seen TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE UNIQUE INDEX pushes_source ON pushes (source_id) WHERE ending = 0;
CREATE INDEX pushes_due ON pushes (due_at);

-- What hubs sent and nobody has read yet; without a text it only says that there is something new.
CREATE TABLE pushed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id INTEGER NOT NULL,
  text TEXT NOT NULL,
  received_at INTEGER NOT NULL
);
CREATE INDEX pushed_source ON pushed (source_id);

-- Headlines that an article had before.
CREATE TABLE article_titles (
  article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (article_id, until, title)
) WITHOUT ROWID;
