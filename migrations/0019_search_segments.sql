-- The search index is the program's own (src/postings): lists of terms on pages of some 4 KB. Beside FTS5 it takes half
-- of the room, a fraction of the time to fill, and is merged outside of the write lock.
DROP TABLE search_grams;
DROP TABLE search_signs;
DROP TABLE search_rows;

-- What came in together, or was merged since, is a segment: nothing in it changes any more. One that is being made of
-- others says of which (`inputs`) and at which term to go on; one that became part of another is gone, and its
-- pages are removed by and by.
CREATE TABLE search_segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL CHECK (state IN ('live', 'filling', 'making', 'gone')),
  docs INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  oldest INTEGER NOT NULL,
  inputs TEXT,
  next_term INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE search_pages (
  id INTEGER PRIMARY KEY,
  segment INTEGER NOT NULL,
  term INTEGER NOT NULL,
  doc INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX search_pages_place ON search_pages (segment, term, doc);
-- Articles that were changed or removed: what segments before that one have of them counts no more.
CREATE TABLE search_changed (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL UNIQUE,
  before INTEGER NOT NULL
);
-- Articles that are stored and in no segment yet: of an archive that is brought in many together make one, and those
-- that an older version stored are indexed by and by.
CREATE TABLE search_waiting (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL UNIQUE
);
INSERT INTO search_waiting (article_id) SELECT id FROM articles ORDER BY id;
