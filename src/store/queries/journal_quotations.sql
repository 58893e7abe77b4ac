-- The entries that quote events: only they can name a person.
SELECT stream, id, version, body FROM journal FINAL WHERE stream IN ('analysis', 'follow_up')
