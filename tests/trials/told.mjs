// What the application of a trial was told, judged as the documentation has it: the highest `sequence` is what holds.
import assert from 'node:assert/strict';

/**
 * What is wrong with it: a line each. Nothing may come twice with different words; of one customer a later change has a
 * higher `sequence`; the highest says what Polar says.
 * @param {{ told: { headers: Record<string, string>, body: string }[] }} application
 * @param {Map<string, boolean>} allowed who has access, by the user's id
 * @param {{ ordered?: boolean }} options `ordered`: they also came in the order of `sequence`, the first time
 */
export function wrongWords({ told }, allowed, { ordered = true } = {}) {
  const wrong = [];
  const words = new Map();
  const newest = new Map();
  for (const { headers, body } of told) {
    const { type, data } = JSON.parse(body);
    const { user_id: user, sequence } = data;
    const id = headers['webhook-id'];
    const before = words.get(id);
    words.set(id, `${type} ${JSON.stringify(data)}`);
    if (before !== undefined) {
      if (before !== words.get(id)) wrong.push(`${user}: ${id} came with different words`);
      continue;
    }
    const last = newest.get(user);
    if (last?.sequence === sequence) wrong.push(`${user}: ${sequence} was given twice`);
    if (last !== undefined && sequence < last.sequence) {
      if (ordered) wrong.push(`${user}: ${sequence} came after ${last.sequence}`);
      continue;
    }
    newest.set(user, { sequence, allowed: data.allowed, type });
  }
  for (const [user, holds] of allowed) {
    const last = newest.get(user);
    if ((last?.allowed ?? false) !== holds) wrong.push(`${user}: told ${JSON.stringify(last)}, at Polar ${holds}`);
  }
  return wrong;
}

/** How many came again, with a `webhook-id` that had come before. */
export const toldAgain = ({ told }) => told.length - new Set(told.map(({ headers }) => headers['webhook-id'])).size;

/** Fails with the first few lines. @param {string[]} lines what is wrong */
export function assertNone(lines) {
  if (lines.length > 0) assert.fail(`${lines.length} wrong:\n${lines.slice(0, 20).join('\n')}`);
}
