CREATE OR REPLACE VIEW annotations AS
SELECT annotation_id, kind, title, scope, starts_at, ends_at
FROM annotations_log FINAL
