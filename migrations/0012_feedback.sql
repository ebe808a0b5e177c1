-- What readers think of stories: the last word of each chat on each story.
CREATE TABLE feedback (
  story_id INTEGER NOT NULL,
  chat_id INTEGER NOT NULL,
  vote INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, story_id)
) WITHOUT ROWID;
CREATE INDEX feedback_at ON feedback (at);
-- Chats that want to hear when there is any news at all.
CREATE TABLE news_waits (
  chat_id INTEGER PRIMARY KEY,
  language TEXT NOT NULL
);
