-- What wrk sends: REQUESTS requests to record usage, BATCH events in each (1: `POST /usage`), by turns of the tokens in
-- the file TOKENS. Each event has an id of its own, as our recorder makes them (a UUID of version 7: its time, then what is
-- random, by the seed RUN), and comes once; where RUN is empty, none has one, and all begin anew when they are through.
-- Ends with one line of JSON.
local batch = tonumber(os.getenv("BATCH"))
local count = tonumber(os.getenv("REQUESTS"))
local run = os.getenv("RUN")
local tokens, requests, next = {}, {}, 0

for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end

-- As if 20,000 events a second were recorded.
local began = os.time() * 1000
local function uuid(number)
  local at = began + math.floor(number / 20)
  return string.format("%08x-%04x-7%03x-8%03x-%06x%06x", math.floor(at / 65536), at % 65536, math.random(0, 4095),
    math.random(0, 4095), math.random(0, 16777215), math.random(0, 16777215))
end

local function event(number)
  local id = run == "" and "" or string.format('"external_id":"%s",', uuid(number))
  return string.format(
    '{"event_name":"api_call",%s"quantity":%d.5,"properties":{"route":"/v1/things","region":"eu-%d"}}', id, number % 7,
    number % 3)
end

function init()
  if run ~= "" then math.randomseed(tonumber(run)) end
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
