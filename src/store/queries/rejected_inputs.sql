-- Inputs that gave no event, newest first. An empty filter takes everything.
SELECT
    toUnixTimestamp64Milli(received_at) AS receivedAt, source, position, reason, field, detail, raw
FROM rejected_events
WHERE ({source:String} = '' OR source = {source:String})
    AND ({reason:String} = '' OR reason = {reason:String})
    AND ({field:String} = '' OR field = {field:String})
    AND ({position:String} = '' OR position = {position:String})
    AND ({under:String} = '' OR startsWith(position, {under:String}))
    AND received_at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY received_at DESC, source, position
LIMIT {limit:UInt64}
