// Token counts, as the vendors' own clients and the AI SDK report them.
import type { MeteredUse } from './use.js';

/** The `usage` of an answer, of any of the shapes below. What it does not say is 0. */
export type TokenCounts = object;

/** Which model was asked, and what its answer says of tokens. */
export interface ModelCall {
  /** Who runs the model, such as `openai`. */
  vendor: string;
  /** The model's name, such as `gpt-5`. */
  model: string;
  /**
   * As it came: `usage` of OpenAI's chat and responses, of Anthropic's messages, `usageMetadata` of Gemini, or `usage` of the AI SDK's
   * models (version 2, 3 and 4).
   */
  usage: TokenCounts | undefined;
}

/** The number at a path of names, if there is one. */
function numberAt(value: unknown, ...path: string[]): number | undefined {
  let at = value;
  for (const name of path) at = (at as Record<string, unknown> | null | undefined)?.[name];
  return typeof at === 'number' && Number.isFinite(at) ? at : undefined;
}

/**
 * What a call of a language model comes to: `quantity` is all of its tokens, and `properties._llm` has them one by one, where Polar's
 * cost insights look for them. Add `_cost` where it is known what the call has cost you.
 */
export function modelUse({ vendor, model, usage }: ModelCall): MeteredUse {
  const at = (...path: string[]) => numberAt(usage, ...path);
  // Anthropic counts what it reads from a cache, or writes to one, beside `input_tokens`.
  const besides = (at('cache_read_input_tokens') ?? 0) + (at('cache_creation_input_tokens') ?? 0);
  const input =
    at('inputTokens', 'total') ??
    at('inputTokens') ??
    at('prompt_tokens') ??
    at('promptTokenCount') ??
    (at('input_tokens') ?? 0) + besides;
  const output =
    at('outputTokens', 'total') ??
    at('outputTokens') ??
    at('completion_tokens') ??
    at('candidatesTokenCount') ??
    at('output_tokens') ??
    0;
  const cached =
    at('inputTokens', 'cacheRead') ??
    at('cachedInputTokens') ??
    at('prompt_tokens_details', 'cached_tokens') ??
    at('input_tokens_details', 'cached_tokens') ??
    at('cache_read_input_tokens') ??
    at('cachedContentTokenCount');
  // Reasoning may be in the total and in neither part.
  const total = at('totalTokens') ?? at('total_tokens') ?? at('totalTokenCount') ?? input + output;
  return {
    quantity: total,
    properties: {
      model,
      _llm: {
        vendor,
        model,
        input_tokens: input,
        ...(cached === undefined ? {} : { cached_input_tokens: cached }),
        output_tokens: output,
        total_tokens: total,
      },
    },
  };
}
