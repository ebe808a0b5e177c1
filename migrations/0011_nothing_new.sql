-- The slot whose digest first had nothing new: that one says so, the next ones are silent unless the reader wants them.
ALTER TABLE subscribers ADD COLUMN empty_slot INTEGER;
