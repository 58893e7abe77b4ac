BACKUP DATABASE {{database}} TO File({{name}}) ASYNC
