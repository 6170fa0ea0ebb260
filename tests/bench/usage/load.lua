-- What wrk sends: REQUESTS requests to record usage, BATCH events in each (1: `POST /usage`), by turns of the tokens in
-- the file TOKENS. Each event has an id of its own, which begins with RUN, and comes once; where RUN is empty, none has
-- one, and all begin anew when they are through. Ends with one line of JSON.
local batch = tonumber(os.getenv("BATCH"))
local count = tonumber(os.getenv("REQUESTS"))
local run = os.getenv("RUN")
local tokens, requests, next = {}, {}, 0

for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end

local function event(number)
  local id = run == "" and "" or string.format('"external_id":"%s-%d",', run, number)
  return string.format(
    '{"event_name":"api_call",%s"quantity":%d.5,"properties":{"route":"/v1/things","region":"eu-%d"}}', id, number % 7,
    number % 3)
end

function init()
  local number = 0
  for i = 1, count do
    local events = {}
    for j = 1, batch do
      number = number + 1
      events[j] = event(number)
    end
    local headers = { ["content-type"] = "application/json", authorization = tokens[i % #tokens + 1] }
    local body = batch == 1 and events[1] or '{"events":[' .. table.concat(events, ",") .. "]}"
    requests[i] = wrk.format("POST", batch == 1 and "/polar/usage" or "/polar/usage/batch", headers, body)
  end
end

function request()
  next = next + 1
  if next > #requests and run == "" then next = 1 end
  if next > #requests then
    io.stderr:write("more requests than were prepared\n")
    os.exit(1)
  end
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format('{"requests":%d,"microseconds":%d,"failed":%d,"p50":%.0f,"p99":%.0f}', summary.requests,
    summary.duration, errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
