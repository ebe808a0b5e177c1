-- A write that brings articles in does not merge the index's segments by the way: a merge takes as long as it takes, and
-- everybody else waits for the lock. They are merged in small writes of their own (store/search-merge.ts), sixteen at a
-- time, so that each entry is written anew half as often as with four.
INSERT INTO search_grams (search_grams, rank) VALUES ('automerge', 0);
INSERT INTO search_grams (search_grams, rank) VALUES ('usermerge', 16);
INSERT INTO search_grams (search_grams, rank) VALUES ('crisismerge', 64);
INSERT INTO search_signs (search_signs, rank) VALUES ('automerge', 0);
INSERT INTO search_signs (search_signs, rank) VALUES ('usermerge', 16);
INSERT INTO search_signs (search_signs, rank) VALUES ('crisismerge', 64);
