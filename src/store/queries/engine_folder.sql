SELECT path FROM system.disks WHERE name = 'default'
