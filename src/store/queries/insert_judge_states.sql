-- Takes the blocks that src/store/judge-state-table.ts writes.
INSERT INTO judge_states (metric, slice, detector, parameters, observed_until, state, slot)
FORMAT Native
