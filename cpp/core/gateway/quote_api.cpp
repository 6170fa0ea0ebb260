#include "core/gateway/quote_api.h"

#include "core/gateway/wasm_envelope.h"

namespace plinto::polar {

std::string QuoteCall(std::string_view options) {
  const Result<Json> json = ParseJson(options);
  if (!json) return FailureEnvelope(json.error());
  const Result<QuoteOptions> read = Decode<QuoteOptions>(*json);
  if (!read) return FailureEnvelope(read.error());
  const Result<ProductQuote> quote = QuoteProduct(read->product, read->currency, {read->seats, read->units});
  return quote ? SuccessEnvelope(Encode(*quote)) : FailureEnvelope(quote.error());
}

}  // namespace plinto::polar
