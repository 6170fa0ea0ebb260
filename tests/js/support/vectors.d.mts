export interface CallVector {
  name: string;
  operation: string;
  input: unknown;
  steps: { now_ms: number; random: number; event?: unknown; expect: unknown }[];
}
export interface WebhookVector {
  name: string;
  secrets: string[];
  headers: [name: string, value: string][];
  body: string;
  now_ms: number;
  expect: { ok: true; id: string } | { ok: false; code: string; diagnosis?: string };
}
export function runCall(core: unknown, vector: CallVector): unknown[];
export function runWebhook(webhooks: unknown, vector: WebhookVector): WebhookVector['expect'];
