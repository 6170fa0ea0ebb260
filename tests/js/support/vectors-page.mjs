// The script of the page that runs the vectors in Chromium (tests/js/vectors.test.ts serves it beside the modules).
import createCore from '/core.mjs';
import { runCall, runWebhook } from '/vectors.mjs';
import createWebhooks from '/webhooks.mjs';

globalThis.runVectors = async (calls, deliveries) => {
  const core = await createCore();
  const webhooks = await createWebhooks();
  return {
    calls: calls.map((vector) => runCall(core, vector)),
    webhooks: deliveries.map((vector) => runWebhook(webhooks, vector)),
  };
};
