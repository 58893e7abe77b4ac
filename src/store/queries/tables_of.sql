SELECT count() AS tables FROM system.tables WHERE database = {database:String}
