SELECT number FROM schema_migrations FINAL
