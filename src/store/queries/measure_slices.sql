-- Puts what was counted by the values of all dimensions in use into the slices of each set of them: only these counts
-- are multiplied, not the events. One row for each bucket and set, by columns, in which the same place is the same
-- slice: tens of thousands of rows would take the reader longer than the counting. Amounts are added as decimals, so
-- that their sum does not depend on the order, and answered as such: the engine's own division by ten to the 18th is not
-- always the nearest double.
SELECT
    bucket,
    subset AS dimension_indices,
    {{slice_values}} AS slice_values,
    groupArray(slice_events) AS events,
    groupArray(slice_amount) AS amounts,
    groupArray(slice_value) AS results
FROM
(
    SELECT
        bucket,
        subset,
        {{values}}
        sum(part_events) AS slice_events,
        sum(part_amount) AS slice_amount,
        {{value}} AS slice_value
    FROM
    (
{{counted}}
    )
    ARRAY JOIN {subsets:Array(Array(UInt8))} AS subset
    GROUP BY {{groups}}
    HAVING slice_events > 0
)
GROUP BY bucket, subset
SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
