SELECT
    metric, slice, detector, parameters, toUnixTimestamp64Milli(observed_until) AS observedUntil, state AS text, slot
FROM judge_states FINAL
WHERE metric = {metric:String} AND slot > 0 AND slice IN {slices:Array(String)}
FORMAT RowBinary
