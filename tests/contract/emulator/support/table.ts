// The coverage table: which routes were answered with which statuses, and how often.
import { type Answer, unnamed } from './transcript.ts';

export function coverageOf(answers: readonly Answer[]): string {
  const rows = new Map<string, Map<number, number>>();
  const statuses = new Set<number>();
  let total = 0;
  for (const { exchange, count } of answers) {
    const { method, route, status } = exchange;
    const name = route === null ? '(no route)' : `${unnamed(route).replaceAll('{}', '*')} ${method}`;
    const row = rows.get(name) ?? new Map<number, number>();
    rows.set(name, row.set(status, (row.get(status) ?? 0) + count));
    statuses.add(status);
    total += count;
  }
  const columns = [...statuses].sort((left, right) => left - right);
  const line = (name: string, cells: readonly (number | string)[]) =>
    `${name.padEnd(58)}${cells.map((cell) => String(cell).padStart(6)).join('')}`;
  const body = [...rows]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, row]) =>
      line(
        name,
        columns.map((status) => row.get(status) ?? ''),
      ),
    );
  const summary = `${total} answers on ${rows.size} routes, ${answers.length} of them different`;
  return [`Answers of the emulator, route by status: ${summary}`, line('', columns), ...body].join('\n');
}
