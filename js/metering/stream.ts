// Counts what flows through a stream, and hands each part on as it comes.
import { type RecordUse, tell } from './use.js';

/**
 * The same stream, whose bytes are recorded once it has ended, was canceled or has failed: `properties.complete` says which. Texts are
 * counted as UTF-8. A stream of Node's becomes one of these by `Readable.toWeb(stream)`.
 */
export function meterStream<Chunk extends Uint8Array | string>(
  stream: ReadableStream<Chunk>,
  record: RecordUse,
): ReadableStream<Chunk> {
  const encoder = new TextEncoder();
  let bytes = 0;
  return watched(stream, {
    onPart(chunk) {
      bytes += typeof chunk === 'string' ? encoder.encode(chunk).length : chunk.byteLength;
    },
    onEnd(complete) {
      tell(record, { quantity: bytes, properties: { complete } });
    },
  });
}

/** What is told of a stream. */
interface Watcher<Part> {
  onPart(part: Part): void;
  /** Once. `complete`: it came to its end. */
  onEnd(complete: boolean): void;
}

/** The same stream, no faster than it is read. */
export function watched<Part>(stream: ReadableStream<Part>, watcher: Watcher<Part>): ReadableStream<Part> {
  const reader = stream.getReader();
  let ended = false;
  const end = (complete: boolean) => {
    if (!ended) watcher.onEnd(complete);
    ended = true;
  };
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            end(true);
            controller.close();
          } else {
            watcher.onPart(value);
            controller.enqueue(value);
          }
        } catch (error) {
          end(false);
          throw error;
        }
      },
      cancel(reason) {
        end(false);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
