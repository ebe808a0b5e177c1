-- Rows of the index are numbered by time, densely: an article's id is too sparse, and each of its 500 entries would
-- take three bytes more. The largest row is the newest article.
CREATE TABLE search_rows (
  row INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL UNIQUE
);

-- Pieces of two characters (three letters), with positions: a phrase of neighbours is any longer piece.
CREATE VIRTUAL TABLE search_grams USING fts5(text, content = '', contentless_delete = 1, tokenize = 'ascii');
-- Single characters and pairs of letters, without positions.
CREATE VIRTUAL TABLE search_signs USING fts5(
  text, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
