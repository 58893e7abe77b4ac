-- Counts the events of one selector by bucket and slice. Buckets come as their starts (`edges`, ms), so that
-- time zones and day-light saving are decided in one place. Events are first counted by the values of all
-- dimensions in use; only these counts are then multiplied into the slices. Amounts are added as decimals, so
-- that their sum does not depend on the order.
SELECT
    bucket,
    subset AS dimension_indices,
    arrayMap(i -> dimension_values[i], subset) AS slice_values,
    sum(events) AS events,
    toFloat64(sum(amount)) AS amount
FROM
(
    SELECT
        roundDown(
            toUnixTimestamp64Milli(
                multiIf({date:String} = 'origin_at', origin_at, {date:String} = 'due_at', due_at, occurred_at)::DateTime64(3, 'UTC')
            ),
            {edges:Array(Int64)}
        ) AS bucket,
        arrayMap(
            d -> multiIf(
                d = 'region', toString(region), d = 'category', toString(category), d = 'scenario', toString(scenario),
                d = 'channel', toString(channel), d = 'merchant_id', toString(merchant_id),
                d = 'outcome', toString(outcome), d = 'currency', toString(currency), attributes[d]
            ),
            {dimensions:Array(String)}
        ) AS dimension_values,
        count() AS events,
        sum(ifNull(events_log.amount, 0)) AS amount
    FROM events_log FINAL
    WHERE type IN {types:Array(String)}
        AND ({date:String} != 'occurred_at' OR (
            occurred_at >= fromUnixTimestamp64Milli({from:Int64}) AND occurred_at < fromUnixTimestamp64Milli({to:Int64})))
        AND ({date:String} != 'origin_at' OR (
            origin_at >= fromUnixTimestamp64Milli({from:Int64}) AND origin_at < fromUnixTimestamp64Milli({to:Int64})))
        AND ({date:String} != 'due_at' OR (
            due_at >= fromUnixTimestamp64Milli({from:Int64}) AND due_at < fromUnixTimestamp64Milli({to:Int64})))
        AND arrayAll(
            (d, allowed) -> has(
                allowed,
                multiIf(
                    d = 'region', toString(region), d = 'category', toString(category), d = 'scenario', toString(scenario),
                    d = 'channel', toString(channel), d = 'merchant_id', toString(merchant_id),
                    d = 'outcome', toString(outcome), d = 'currency', toString(currency), attributes[d]
                )
            ),
            {where_fields:Array(String)},
            {where_values:Array(Array(String))}
        )
    GROUP BY bucket, dimension_values
)
ARRAY JOIN {subsets:Array(Array(UInt8))} AS subset
GROUP BY bucket, dimension_indices, slice_values
SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
