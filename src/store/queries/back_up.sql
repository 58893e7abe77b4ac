BACKUP DATABASE {{database}} TO File({{name}})
