-- Health reports that central was not sent yet. None of them is money: the file may be lost.
CREATE TABLE report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  body BLOB NOT NULL
) STRICT;
