// JUnit files: written for the suites that are scripts, counted for all.
import { existsSync, readFileSync } from 'node:fs';

/** @param {{ name: string, seconds?: number, failure?: string }[]} cases */
export function junitReport(suite, cases) {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const lines = cases.map(({ name, seconds = 0, failure }) => {
    const open = `<testcase classname="${inXml(suite)}" name="${inXml(name)}" time="${seconds.toFixed(3)}"`;
    return failure === undefined ? `  ${open}/>` : `  ${open}><failure message="${inXml(failure)}"/></testcase>`;
  });
  const head = `<testsuite name="${inXml(suite)}" tests="${cases.length}" failures="${failures}" errors="0">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...lines, '</testsuite>'].join('\n')}\n`;
}

/** Counts the test cases of a JUnit file; zero of both when the file is missing. */
export function countJunit(path) {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  // An attribute may hold a `>`, so attributes are read whole.
  const pattern = /<testcase(?:\s+[\w:.-]+="[^"]*")*\s*(?:\/>|>[\s\S]*?<\/testcase>)/g;
  const cases = readFileSync(path, 'utf8').match(pattern) ?? [];
  const failed = cases.filter((text) => /<(failure|error)\b/.test(text)).length;
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };
const inXml = (text) => text.replaceAll(/[&<>"\n]/g, (character) => named[character]);
