-- Beside the newest state (slot 0) two earlier ones, from which points that late events changed are judged again.
ALTER TABLE judge_states
    ADD COLUMN IF NOT EXISTS slot UInt8 AFTER detector,
    MODIFY ORDER BY (metric, slice, detector, slot)
