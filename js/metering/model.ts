// A language model of the AI SDK whose calls are recorded. Nothing of the AI SDK is imported: a model is met by its shape.
import { modelUse } from './model-use.js';
import { watched } from './stream.js';
import { type RecordUse, tell } from './use.js';

/** What is needed of a language model of the AI SDK, version 5 and later. */
export interface MeterableModel {
  readonly provider: string;
  readonly modelId: string;
  /** Each version of the AI SDK has its own parameters, which are passed on. */
  doGenerate(...parameters: never[]): PromiseLike<object>;
  doStream(...parameters: never[]): PromiseLike<object>;
}

/**
 * The same model; each answer's tokens are handed to `record`, and the answer does not wait for it. An answer that is broken off tells no
 * tokens: it is recorded with a quantity of 0 and `complete: false`, so that it can be found. A call that fails is not recorded.
 */
export function meterModel<Model extends MeterableModel>(model: Model, record: RecordUse): Model {
  const answered = (usage: object | undefined) => {
    const use = modelUse({ vendor: model.provider, model: model.modelId, usage });
    if (!usage) use.properties.complete = false;
    tell(record, use);
  };
  const doGenerate: MeterableModel['doGenerate'] = async (...parameters) => {
    const result: { usage?: object } = await model.doGenerate(...parameters);
    answered(result.usage);
    return result;
  };
  const doStream: MeterableModel['doStream'] = async (...parameters) => {
    const { stream, ...rest } = (await model.doStream(...parameters)) as { stream: ReadableStream<Part> };
    let usage: object | undefined;
    const onPart = (part: Part) => {
      if (part.type === 'finish') usage = part.usage;
    };
    return { ...rest, stream: watched(stream, { onPart, onEnd: () => answered(usage) }) };
  };
  return new Proxy(model, {
    get(target, name) {
      if (name === 'doGenerate') return doGenerate;
      if (name === 'doStream') return doStream;
      const member = Reflect.get(target, name, target);
      // Private members know their own object only.
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** A part of a streamed answer: the last one bears the tokens. */
interface Part {
  type: string;
  usage?: object;
}
