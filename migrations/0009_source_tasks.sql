-- What an operator asked of the sources in the chat; due_at is null once it is done.
CREATE TABLE source_tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  chat_id INTEGER NOT NULL,
  language TEXT NOT NULL,
  ask TEXT NOT NULL,
  found TEXT,
  message_id INTEGER,
  due_at INTEGER,
  lease_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE INDEX source_tasks_due ON source_tasks (due_at) WHERE due_at IS NOT NULL;
