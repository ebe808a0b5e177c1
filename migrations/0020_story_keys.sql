-- The terms by which an article is found again when another tells the same stand by quarters (2^43 ids, 97 days) and then
-- by term: what comes in touches the pages of its quarter, however old the archive is. A slot is quarter × 2^23 + term, an
-- article its id's place in the quarter: two bytes less each.
CREATE TABLE story_keys (
  slot INTEGER NOT NULL,
  article INTEGER NOT NULL,
  PRIMARY KEY (slot, article)
) WITHOUT ROWID;
INSERT INTO story_keys
  SELECT (article_id >> 43) * 8388608 + term, article_id & 8796093022207 FROM story_terms ORDER BY 1, 2;
DROP TABLE story_terms;
DELETE FROM facts WHERE name = 'prune_terms';

-- Keys of articles that just came in, [article, term, term, …] of each: many together are written into the tree in its
-- order, since each by itself takes a page per term.
CREATE TABLE story_keys_waiting (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  keys TEXT NOT NULL
);
