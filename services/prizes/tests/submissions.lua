-- A submission for each request, none twice: arguments are the file with a token on each line, the file of a project with
-- NUMBER in it, and where to begin to count.
local folder = debug.getinfo(1, "S").source:match("@?(.*/)")
dofile(folder .. "../../../tests/load/report.lua")

local tokens, project, sent = {}, "", 0

function init(args)
  for line in io.lines(args[1]) do
    table.insert(tokens, line)
  end
  project = io.open(args[2]):read("a")
  sent = tonumber(args[3])
end

function request()
  sent = sent + 1
  return wrk.format("POST", nil, {
    ["Authorization"] = "Bearer " .. tokens[sent % #tokens + 1],
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "bench-" .. sent,
  }, (project:gsub("NUMBER", sent)))
end
