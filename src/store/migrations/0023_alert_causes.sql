-- The slices that the analysis of each alert names, best first, as they were found when it fired.
CREATE OR REPLACE VIEW alert_causes AS
SELECT
    id AS alert_id,
    at AS analysed_at,
    JSONExtractInt(each, 'rank') AS rank,
    if(empty(labels), 'all', arrayStringConcat(arrayMap(label -> concat(label.1, '=', label.2), labels), ',')) AS slice,
    JSONExtractBool(each, 'cause') AS is_cause,
    JSONExtractFloat(each, 'observed') AS observed,
    JSONExtractFloat(each, 'expected') AS expected,
    JSONExtractFloat(each, 'excess') AS excess,
    JSONExtract(each, 'explained', 'Nullable(Float64)') AS explained,
    JSONExtractFloat(each, 'confidence') AS confidence
FROM
(
    SELECT
        id, at, each, arraySort(JSONExtractKeysAndValues(each, 'slice', 'String')) AS labels
    FROM journal FINAL
    ARRAY JOIN JSONExtractArrayRaw(body, 'outcome', 'analysis', 'explanation', 'slices') AS each
    WHERE stream = 'analysis'
)
