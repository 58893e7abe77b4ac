-- As slice_counts, with each slice as one number: the places of its values in lists that are known, zero for a value that
-- is in none. Grouping by a number takes the engine half the time that grouping by a row of texts does.
SELECT key, bucket, count() AS events{{sums}}
FROM
(
    SELECT {{key}} AS key, {{bucket}} AS bucket, {{number}} AS number
    FROM events_log FINAL
    WHERE type IN {types:Array(String)} AND ({{spans}}) AND {{conditions}}
)
GROUP BY key, bucket
LIMIT {most:UInt32}
SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
