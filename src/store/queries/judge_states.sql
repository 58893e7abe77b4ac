-- Earlier states stay where they are until somebody goes back to them: of those only how far they knew is told.
SELECT
    metric, slice, detector, parameters, toUnixTimestamp64Milli(observed_until) AS observedUntil,
    if(slot = 0, state, '') AS text, slot
FROM judge_states FINAL
FORMAT RowBinary
