-- The hours in which a reader wants quiet, as minutes of the local day; null when nothing was chosen, the same minute
-- twice when there are to be none.
ALTER TABLE subscribers ADD COLUMN quiet_from INTEGER;
ALTER TABLE subscribers ADD COLUMN quiet_to INTEGER;
-- How often the links to an article were followed, by day (since 1970, UTC). Who followed them is not kept.
CREATE TABLE clicks (
  day INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (day, article_id)
) WITHOUT ROWID;
-- Names of forum topics: Telegram tells them when they are made and changed, and never again.
CREATE TABLE topics (
  chat_id INTEGER NOT NULL,
  thread_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (chat_id, thread_id)
) WITHOUT ROWID;
-- What people wrote to those who run the bot while none of them could be reached.
CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL UNIQUE,
  chat_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL
);
-- Articles without a date are kept by when they came in.
CREATE INDEX articles_undated ON articles (received_at) WHERE id < 1099511627776;
