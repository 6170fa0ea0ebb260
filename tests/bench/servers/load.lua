-- What wrk sends: METHOD, BODY (a file), HEADERS ("name: value" by lines). With SIGNATURES (a file of "id time signature
-- timestamp" lines) each request is a delivery of its own. Ends with one line of JSON.
local function read(name)
  local file = assert(io.open(name, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

wrk.method = os.getenv("METHOD")
local body = os.getenv("BODY")
if body ~= nil and body ~= "" then wrk.body = read(body) end
for line in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
  local name, value = line:match("^([^:]+): (.*)$")
  wrk.headers[name] = value
end

local signatures = os.getenv("SIGNATURES")
if signatures ~= nil and signatures ~= "" then
  local requests, next = {}, 0
  function init()
    for line in io.lines(signatures) do
      local id, time, signature, timestamp = line:match("^(%S+) (%S+) (%S+) (%S+)$")
      wrk.headers["webhook-id"] = id
      wrk.headers["webhook-timestamp"] = time
      wrk.headers["webhook-signature"] = signature
      local text = wrk.body:gsub('"timestamp":"[^"]*"', '"timestamp":"' .. timestamp .. '"', 1)
      requests[#requests + 1] = wrk.format(nil, nil, nil, text)
    end
  end
  function request()
    next = next % #requests + 1
    return requests[next]
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format('{"requests":%d,"microseconds":%d,"failed":%d,"p50":%.0f,"p99":%.0f}', summary.requests,
    summary.duration, errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
