// What calls of language models, streams and durations come to, as usage to record. Nothing is sent from here:
//
//   const model = meterModel(openai('gpt-5'), (use) => polar.usage.record('ai_tokens', { ...use, organizationId }));
export { type MeterableModel, meterModel } from './metering/model.js';
export { type ModelCall, modelUse, type TokenCounts } from './metering/model-use.js';
export { meterStream } from './metering/stream.js';
export { startTimer } from './metering/timer.js';
export type { MeteredUse, RecordUse } from './metering/use.js';
export type { LanguageModelUse, UsageCost, UsageProperties } from './types.js';
