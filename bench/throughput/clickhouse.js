// One round of ClickHouse's functions over the texts of FILE, in DATA: prints
// what to load into "measured". See run.
//
// usage: clickhouse.js FILE DATA

const { Session } = require('chdb');
const { existsSync } = require('fs');

const [file, data] = process.argv.slice(2);
const made = existsSync(data);
const session = new Session(data);
const setting = 'SETTINGS max_threads = 1';

if (!made) {
  session.query('CREATE DATABASE bench ENGINE = Atomic');
  session.query('CREATE TABLE bench.line (text String) ENGINE = MergeTree ORDER BY ()');
  session.query(`INSERT INTO bench.line SELECT text FROM file('${file}', JSONEachRow, 'text String')`);
}
// in memory, as the server's tables are in its buffers
session.query('CREATE TABLE IF NOT EXISTS bench.articles (text String) ENGINE = Memory');
session.query('INSERT INTO bench.articles SELECT text FROM bench.line');

for (const call of ['MD5(text)',
  'wordShingleSimHashCaseInsensitiveUTF8(text, 2)',
  'ngramSimHash(text)',
  'wordShingleMinHashCaseInsensitiveUTF8(text, 2)']) {
  let ms, cpu;
  for (let i = 0; i < 2; i++) { // the first time is for warming up
    const start = process.hrtime.bigint();
    const before = process.cpuUsage();
    session.query(`SELECT max(ignore(${call})) FROM bench.articles ${setting}`);
    ms = Number(process.hrtime.bigint() - start) / 1e6;
    const used = process.cpuUsage(before);
    cpu = (used.user + used.system) / 1e3;
  }
  console.log(`articles\tClickHouse ${call}\t${ms}\t${cpu}`);
}
session.query('DROP TABLE bench.articles');
session.close();
