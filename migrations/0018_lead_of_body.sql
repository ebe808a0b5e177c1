-- Of most articles the lead is how the body begins: it is kept once, as so many characters of the body.
ALTER TABLE articles RENAME COLUMN lead TO own_lead;
ALTER TABLE articles ADD COLUMN lead_chars INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN lead TEXT
  GENERATED ALWAYS AS (CASE WHEN lead_chars > 0 THEN substr(body, 1, lead_chars) ELSE own_lead END) VIRTUAL;
