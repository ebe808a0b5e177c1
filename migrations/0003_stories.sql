-- A story's id is the id of the article that founded it, and stays; a merged one redirects to the older.
CREATE TABLE stories (
  id INTEGER PRIMARY KEY,
  merged_into INTEGER,
  first_at INTEGER,
  last_at INTEGER,
  articles INTEGER NOT NULL,
  outlets INTEGER NOT NULL,
  languages INTEGER NOT NULL,
  heat REAL NOT NULL,
  copies TEXT NOT NULL
);
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;

-- Which stories have news on a day, hottest first, of all news (subject 0) and of each subject: the top lists read a few
-- rows from the ends of this index, whatever the size of the archive.
CREATE TABLE story_days (
  story_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  subject_id INTEGER NOT NULL,
  languages INTEGER NOT NULL,
  heat REAL NOT NULL,
  PRIMARY KEY (story_id, day, subject_id)
) WITHOUT ROWID;
CREATE INDEX story_days_top ON story_days (subject_id, languages, day, heat);

-- By which terms an article is found again when another tells the same: the twelve that tell it best. A tree and not a
-- full-text index, because an article asks for each of its terms when it comes in, and a tree answers eight times as fast.
CREATE TABLE story_terms (
  term INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  PRIMARY KEY (term, article_id)
) WITHOUT ROWID;

-- How common each term is: one row.
CREATE TABLE story_background (
  id INTEGER PRIMARY KEY,
  articles INTEGER NOT NULL,
  counts BLOB NOT NULL
);

CREATE TABLE subjects (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  query TEXT NOT NULL,
  sources TEXT NOT NULL DEFAULT '[]'
);
