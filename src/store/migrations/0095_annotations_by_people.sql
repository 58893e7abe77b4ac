-- What people announce while Redress runs: the annotation as it was made (JSON), empty for those of the configuration.
ALTER TABLE annotations_log
    ADD COLUMN IF NOT EXISTS body String DEFAULT '',
    ADD COLUMN IF NOT EXISTS withdrawn UInt8 DEFAULT 0
