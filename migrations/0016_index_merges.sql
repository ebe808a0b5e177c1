-- A write that brings articles in does not merge the index's segments by the way: a merge takes as long as it takes, and
-- everybody else waits for the lock. They are merged in small writes of their own (store/search-merge.ts), four of a size
-- at a time.
INSERT INTO search_grams (search_grams, rank) VALUES ('automerge', 0);
INSERT INTO search_grams (search_grams, rank) VALUES ('usermerge', 4);
INSERT INTO search_grams (search_grams, rank) VALUES ('crisismerge', 64);
INSERT INTO search_signs (search_signs, rank) VALUES ('automerge', 0);
INSERT INTO search_signs (search_signs, rank) VALUES ('usermerge', 4);
INSERT INTO search_signs (search_signs, rank) VALUES ('crisismerge', 64);
