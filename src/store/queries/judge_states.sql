SELECT metric, slice, detector, parameters, toUnixTimestamp64Milli(observed_until) AS observedUntil, state
FROM judge_states FINAL
