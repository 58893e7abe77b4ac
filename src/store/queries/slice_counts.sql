-- Counts the events of one selector by slice of the finest kind and by stretch of time. Values that are too rare to
-- be named are put together here, so that neither the engine nor the reader holds millions of slices. Amounts are
-- added as decimals, so that their sum does not depend on the order.
SELECT {{dimensions}}{{bucket}} AS bucket, count() AS events, {{value}} AS value, {{squares}} AS squares
FROM events_log FINAL
WHERE type IN {types:Array(String)} AND ({{spans}}) AND {{conditions}}
GROUP BY {{groups}}
LIMIT {most:UInt32}
SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
