SELECT body
FROM annotations_log FINAL
WHERE body != ''
ORDER BY starts_at, annotation_id
