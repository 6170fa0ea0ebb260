// Environment variables as text that a shell and the usual readers of .env files take.

/** `NAME=value`, in single quotes where it holds more than letters, digits and marks of URLs. */
export const assignments = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);

function quoted(value: string): string {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
