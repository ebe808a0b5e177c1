-- Articles that were published just now and are to be held against the alerts.
CREATE TABLE alert_queue (
  article_id INTEGER PRIMARY KEY
);
-- Stories beyond an alert's limit of an hour: counted and shown when somebody asks.
CREATE TABLE alert_missed (
  subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  story_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, story_id)
) WITHOUT ROWID;
CREATE INDEX alert_missed_at ON alert_missed (at);
CREATE INDEX subscriptions_alerts ON subscriptions (id) WHERE kind = 'alert';
