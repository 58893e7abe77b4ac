-- How many values each dimension has, which, and how many combinations there are, among some of the events: what says
-- whether rare values must be put together before anything is counted. A guess is enough, so nothing is deduplicated.
SELECT count() AS events, uniq({{combination}}) AS combinations, [{{widths}}] AS widths,
    [{{seen}}] AS seen
FROM
(
    SELECT {{dimensions}}
    FROM events_log
    WHERE type IN {types:Array(String)} AND ({{spans}}) AND {{conditions}}
    LIMIT {most:UInt32}
)
