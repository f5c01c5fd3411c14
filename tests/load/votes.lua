-- One vote for each request, and none twice: arguments are the file with a token on each line, where to begin in it,
-- and how many categories each voter has.
dofile((debug.getinfo(1, "S").source:match("^@(.*)votes%.lua$") or "./") .. "report.lua")

local tokens, sent, first, categories = {}, 0, 0, 18

function init(args)
  for line in io.lines(args[1]) do
    table.insert(tokens, line)
  end
  first, categories = tonumber(args[2]), tonumber(args[3])
end

function request()
  local voter = first + math.floor(sent / categories)
  local body = string.format('{"category":"C%d","project":"p-%d"}', sent % categories + 1, voter % 7)
  sent = sent + 1
  return wrk.format("POST", nil, {
    ["Authorization"] = "Bearer " .. tokens[voter + 1],
    ["Content-Type"] = "application/json",
    ["X-Voter"] = tostring(voter),
  }, body)
end
