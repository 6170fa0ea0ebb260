// What calls of models, streams and durations come to. The calls go through the AI SDK itself.
import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider';
import { type MeteredUse, meterModel, meterStream, modelUse, startTimer } from '@plinto/polar/metering';
import { generateText, streamText } from 'ai';
import { convertArrayToReadableStream, MockLanguageModelV2 } from 'ai/test';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
});

const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120, cachedInputTokens: 40 };
const llm = {
  vendor: 'openai.responses',
  model: 'gpt-5',
  input_tokens: 100,
  cached_input_tokens: 40,
  output_tokens: 20,
  total_tokens: 120,
};
const finish = { type: 'finish', finishReason: 'stop', usage } as const;

/** Records into a list. */
function recorder() {
  const uses: MeteredUse[] = [];
  return { uses, record: (use: MeteredUse) => void uses.push(use) };
}

function model(parts: object[] = []) {
  return new MockLanguageModelV2({
    provider: 'openai.responses',
    modelId: 'gpt-5',
    doGenerate: async () => ({ content: [{ type: 'text', text: 'Hello' }], finishReason: 'stop', usage, warnings: [] }),
    doStream: async () => ({ stream: convertArrayToReadableStream(parts) as ReadableStream<never> }),
  });
}

const words = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '1' },
  { type: 'text-delta', id: '1', delta: 'Hel' },
  { type: 'text-delta', id: '1', delta: 'lo' },
  { type: 'text-end', id: '1' },
];

describe('meterModel', () => {
  it('records the tokens of an answer', async () => {
    const { uses, record } = recorder();

    const { text } = await generateText({ model: meterModel(model(), record), prompt: 'Hi' });

    expect(text).toBe('Hello');
    expect(uses).toEqual([{ quantity: 120, properties: { model: 'gpt-5', _llm: llm } }]);
  });

  it('records those of a streamed answer once, whole, and changes nothing in it', async () => {
    const { uses, record } = recorder();

    const { textStream } = streamText({ model: meterModel(model([...words, finish]), record), prompt: 'Hi' });
    let text = '';
    for await (const part of textStream) text += part;

    expect(text).toBe('Hello');
    expect(uses).toEqual([{ quantity: 120, properties: { model: 'gpt-5', _llm: llm } }]);
  });

  it('records an answer that is broken off as one of unknown size', async () => {
    const { uses, record } = recorder();
    const { stream } = await meterModel(model([...words, finish]), record).doStream({} as never);

    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();

    expect(uses).toHaveLength(1);
    expect(uses[0]?.quantity).toBe(0);
    expect(uses[0]?.properties.complete).toBe(false);
  });

  it('loses no answer when it cannot be recorded, and says so', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const record of [
      () => {
        throw new Error('full');
      },
      () => Promise.reject(new Error('full')),
    ]) {
      const { text } = await generateText({ model: meterModel(model(), record), prompt: 'Hi' });

      expect(text).toBe('Hello');
    }

    await vi.waitFor(() => expect(printed).toHaveBeenCalledTimes(2));
  });

  it('records nothing of a call that fails', async () => {
    const { uses, record } = recorder();
    const failing = new MockLanguageModelV2({ doGenerate: () => Promise.reject(new Error('no')) });

    await expect(meterModel(failing, record).doGenerate({} as never)).rejects.toThrow('no');
    expect(uses).toEqual([]);
  });

  it('takes the models of the AI SDK as they are', () => {
    expectTypeOf(meterModel<LanguageModelV2>).returns.toEqualTypeOf<LanguageModelV2>();
    expectTypeOf(meterModel<LanguageModelV3>).returns.toEqualTypeOf<LanguageModelV3>();
    expectTypeOf(meterModel<LanguageModelV4>).returns.toEqualTypeOf<LanguageModelV4>();
  });
});

describe('modelUse', () => {
  it.each([
    [
      'the AI SDK from version 6 on',
      { inputTokens: { total: 10, cacheRead: 4 }, outputTokens: { total: 5 } },
      [10, 4, 5, 15],
    ],
    [
      'chat completions of OpenAI',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
      [10, 4, 5, 15],
    ],
    [
      'responses of OpenAI',
      { input_tokens: 10, output_tokens: 5, total_tokens: 15, input_tokens_details: { cached_tokens: 4 } },
      [10, 4, 5, 15],
    ],
    [
      'messages of Anthropic, which counts its cache beside the input',
      { input_tokens: 3, cache_read_input_tokens: 4, cache_creation_input_tokens: 3, output_tokens: 5 },
      [10, 4, 5, 15],
    ],
    [
      'Gemini, whose total has the reasoning in it',
      { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 18, cachedContentTokenCount: 4 },
      [10, 4, 5, 18],
    ],
    ['one that says nothing', undefined, [0, undefined, 0, 0]],
    ['one that says nonsense', { inputTokens: 'many', outputTokens: Number.NaN }, [0, undefined, 0, 0]],
  ])('reads %s', (_, counts, [input, cached, output, total]) => {
    const use = modelUse({ vendor: 'v', model: 'm', usage: counts });

    expect(use.quantity).toBe(total);
    expect(use.properties._llm).toEqual({
      vendor: 'v',
      model: 'm',
      input_tokens: input,
      ...(cached === undefined ? {} : { cached_input_tokens: cached }),
      output_tokens: output,
      total_tokens: total,
    });
  });
});

describe('meterStream', () => {
  const parts = () => convertArrayToReadableStream<Uint8Array | string>([new Uint8Array(1_000), 'Zürich']);

  it('counts bytes, of texts too, and hands all of them on', async () => {
    const { uses, record } = recorder();

    const read: unknown[] = [];
    for await (const part of meterStream(parts(), record) as unknown as AsyncIterable<unknown>) read.push(part);

    expect(read).toEqual([new Uint8Array(1_000), 'Zürich']);
    expect(uses).toEqual([{ quantity: 1_007, properties: { complete: true } }]);
  });

  it('counts what was read of a stream that is left', async () => {
    const { uses, record } = recorder();

    const reader = meterStream(parts(), record).getReader();
    await reader.read();
    await reader.cancel();

    expect(uses).toEqual([{ quantity: 1_000, properties: { complete: false } }]);
  });

  it('counts what came of a stream that fails, and passes the failure on', async () => {
    const { uses, record } = recorder();
    let pulls = 0;
    const failing = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(new Uint8Array(7));
        else controller.error(new Error('cut'));
      },
    });

    await expect(new Response(meterStream(failing, record)).arrayBuffer()).rejects.toThrow();
    expect(uses).toEqual([{ quantity: 7, properties: { complete: false } }]);
  });

  it('reads no faster than it is read', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new Uint8Array(++pulled)) },
      { highWaterMark: 0 },
    );

    const reader = meterStream(endless, () => {}).getReader();
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));

    expect(pulled).toBe(1);
    await reader.cancel();
  });
});

it('startTimer tells whole milliseconds, however often it is asked', () => {
  let now = 5.2;
  const stop = startTimer(() => now);

  now = 1_005.9;
  expect(stop()).toEqual({ quantity: 1_001, properties: {} });
  now = 2_005.2;
  expect(stop().quantity).toBe(2_000);
});
