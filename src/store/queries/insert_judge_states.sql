-- Takes the blocks that src/store/judge-state-table.ts writes. Nothing comes twice in them, and looking for it
-- (optimize_on_insert) would take the memory of all of them again.
INSERT INTO judge_states (metric, slice, detector, parameters, observed_until, state, slot)
SETTINGS optimize_on_insert = 0
FORMAT Native
