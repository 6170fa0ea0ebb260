// The other side of text_call.h, put into each module's glue: makes a C export a function of strings, bytes and numbers
// that returns a string.
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** `find` names the export once the module has started; strings and Uint8Arrays become an address and a length. */
function textCall(find) {
  return (...inputs) => {
    const places = [];
    const values = inputs.flatMap((input) => {
      if (typeof input === 'number') return [input];
      const bytes = typeof input === 'string' ? encoder.encode(input) : input;
      const at = _malloc(bytes.length + 1);
      HEAPU8.set(bytes, at);
      places.push(at);
      return [at, bytes.length];
    });
    const length = find()(...values);
    places.forEach(_free);
    const at = _plinto_answer();
    return decoder.decode(HEAPU8.subarray(at, at + length));
  };
}
