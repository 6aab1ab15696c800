// ClickHouse's fingerprints of the texts of FILE (JSON objects with id and
// text), with a database in DATA: prints id and the hash as a signed number.
//
// usage: clickhouse.js FILE DATA

const { Session } = require('chdb');

const [file, data] = process.argv.slice(2);
const session = new Session(data);

process.stdout.write(session.query(`SELECT id,
  reinterpretAsInt64(wordShingleSimHashCaseInsensitiveUTF8(text, 2))
  FROM file('${file}', JSONEachRow, 'id UInt32, text String') FORMAT TSV`).toString());
session.close();
