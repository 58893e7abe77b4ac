SELECT metric, slice, detector, parameters, toUnixTimestamp64Milli(observed_until) AS observedUntil, state, slot
FROM judge_states FINAL
