RENAME DATABASE {{from}} TO {{to}}
