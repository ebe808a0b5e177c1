CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  url TEXT,
  language TEXT NOT NULL DEFAULT 'zh',
  family TEXT NOT NULL,
  weight REAL NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
);

-- The long texts stand last: reading a list of headlines then never follows their overflow pages.
CREATE TABLE articles (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  story_id INTEGER,
  external_id TEXT,
  published_at INTEGER,
  received_at INTEGER NOT NULL,
  language TEXT NOT NULL,
  rank INTEGER,
  title TEXT NOT NULL,
  title_cut INTEGER NOT NULL,
  url TEXT,
  author TEXT NOT NULL,
  dateline TEXT NOT NULL,
  reporter TEXT NOT NULL,
  photo_credit TEXT NOT NULL,
  image TEXT,
  sections TEXT NOT NULL,
  lead TEXT NOT NULL,
  body TEXT NOT NULL,
  credits TEXT NOT NULL
);
CREATE INDEX articles_story ON articles (story_id);
CREATE INDEX articles_source ON articles (source_id, id);

CREATE TABLE article_keys (
  key TEXT PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX article_keys_article ON article_keys (article_id);
