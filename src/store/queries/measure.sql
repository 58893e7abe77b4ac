-- Counts the events of one selector by bucket and slice. Buckets come as their starts (ms), so that time zones
-- and day-light saving are decided in one place. Events are first counted by the values of all dimensions in
-- use; only these counts are then multiplied into the slices. Amounts are added as decimals, so that their sum
-- does not depend on the order. What stands in double braces names columns and is put in by point-table.ts,
-- because a column that is looked up by its name for each row costs more than the count itself.
SELECT
    bucket,
    subset AS dimension_indices,
    arrayMap(i -> ({{dimension_values}})[i], subset) AS slice_values,
    sum(part_events) AS events,
    toFloat64(sum(part_amount)) AS amount,
    toFloat64({{value}}) AS value
FROM
(
    SELECT
        {{bucket}} AS bucket,
        {{dimensions}}
        {{state}} AS state,
        count() AS part_events,
        sum(ifNull(events_log.amount, 0)) AS part_amount
    FROM events_log FINAL
    WHERE type IN {types:Array(String)}
        AND {{date}} >= fromUnixTimestamp64Milli({from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({to:Int64})
        AND {{conditions}}
    GROUP BY {{groups}}
)
ARRAY JOIN {subsets:Array(Array(UInt8))} AS subset
GROUP BY bucket, dimension_indices, slice_values
SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
