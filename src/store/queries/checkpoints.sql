SELECT name, value FROM checkpoints FINAL
