-- The insert that an event came with, which the log names as well: what a message was sent for is found by it.
ALTER TABLE events_log ADD COLUMN IF NOT EXISTS batch LowCardinality(String) DEFAULT initialQueryID()
