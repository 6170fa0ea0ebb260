// Looks into the server's database from outside, read-only, while the server runs. Node 20 has no SQLite; Python has.
import { run } from '../../../scripts/lib/run.mjs';

const program = `
import json, sqlite3, sys
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table' order by name")]
tables.remove('job_progress')
print(json.dumps({table: sorted(map(repr, database.execute(f'select * from "{table}"'))) for table in tables}))
`;

/** Every row of every table but the jobs' own, so that two moments can be compared. @returns {Promise<Record<string, string[]>>} */
export async function readRows(path) {
  return JSON.parse(await run('python3', ['-c', program, path], { quiet: true }));
}
