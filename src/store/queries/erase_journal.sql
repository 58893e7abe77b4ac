-- The strings of an entry that are the person's: ids, and texts as an analysis quotes them.
ALTER TABLE journal
UPDATE body = arrayFold(
    (body_so_far, word) -> replaceAll(body_so_far, word, '"erased"'),
    arrayIntersect(extractAll(body, '"(?:[^"\\\\]|\\\\.)*"'), (SELECT words FROM {table:Identifier})),
    body)
WHERE hasAny(extractAll(body, '"(?:[^"\\\\]|\\\\.)*"'), (SELECT words FROM {table:Identifier}))
SETTINGS mutations_sync = 2
