-- When a person last divided or joined the story: what a person did, no newcomer undoes.
ALTER TABLE stories ADD COLUMN edited_at INTEGER;

-- A subject that is new or was changed is held against the articles of the last weeks, newest first: those below this id
-- are still to be looked at; null when all were.
ALTER TABLE subjects ADD COLUMN backlog_id INTEGER;
