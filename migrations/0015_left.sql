-- Who left when: a breaking item's report tells how many did within its hour.
CREATE INDEX subscribers_left ON subscribers (state_at) WHERE state <> 'active';
