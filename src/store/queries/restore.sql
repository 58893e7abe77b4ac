RESTORE DATABASE {{database}} FROM File({{name}}) ASYNC
