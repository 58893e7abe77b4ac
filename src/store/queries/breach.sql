-- Counts the cases due in each bucket and those of them that were not answered by their due time. A case that
-- was never answered is breached: it is the due time, not the answer, that puts a case into its bucket. A case
-- that is opened again with a new due time is due again, and an answer from before that opening does not count.
SELECT
    bucket,
    subset AS dimension_indices,
    arrayMap(i -> dimension_values[i], subset) AS slice_values,
    sum(cases) AS cases,
    sum(breached) AS breached,
    toFloat64(sum(breached_amount)) AS breached_amount
FROM
(
    SELECT
        {{bucket}} AS bucket,
        opened.dimension_values AS dimension_values,
        count() AS cases,
        countIf(NOT arrayExists(at -> at >= opened.opened_at AND at <= opened.due, answered.answers)) AS breached,
        sumIf(
            opened.case_amount,
            NOT arrayExists(at -> at >= opened.opened_at AND at <= opened.due, answered.answers)
        ) AS breached_amount
    FROM
    (
        SELECT
            case_id,
            assumeNotNull(due_at) AS due,
            argMax(occurred_at, (version, event_id)) AS opened_at,
            argMax({{dimension_values}}, (version, event_id)) AS dimension_values,
            argMax(ifNull(amount, 0), (version, event_id)) AS case_amount
        FROM events_log FINAL
        WHERE type IN {types:Array(String)}
            AND due_at >= fromUnixTimestamp64Milli({from:Int64}) AND due_at < fromUnixTimestamp64Milli({to:Int64})
            AND {{conditions}}
        GROUP BY case_id, due
    ) AS opened
    LEFT JOIN
    (
        SELECT case_id, groupArray(occurred_at) AS answers
        FROM events_log FINAL
        WHERE type IN {answered_types:Array(String)} AND case_id != '' AND occurred_at < fromUnixTimestamp64Milli({to:Int64})
            AND {{answered_conditions}}
        GROUP BY case_id
    ) AS answered USING (case_id)
    GROUP BY bucket, dimension_values
)
ARRAY JOIN {subsets:Array(Array(UInt8))} AS subset
GROUP BY bucket, dimension_indices, slice_values
SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
