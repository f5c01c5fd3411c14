-- Votes or whole ballots, none twice: arguments are the file with a token on each line, where to begin in it, the file
-- with a category and its nominees on each line, and "vote" or "ballot". "later" after that: nobody waits for the outcome.
dofile((debug.getinfo(1, "S").source:match("^@(.*)voting%.lua$") or "./") .. "report.lua")

local tokens, sent, first, whole = {}, 0, 0, false
local prefer
local categories, nominees = {}, {}

function init(args)
  for line in io.lines(args[1]) do
    table.insert(tokens, line)
  end
  first, whole = tonumber(args[2]), args[4] == "ballot"
  prefer = args[5] == "later" and "respond-async" or nil
  for line in io.lines(args[3]) do
    local names = {}
    for name in line:gmatch("%S+") do
      table.insert(names, name)
    end
    table.insert(categories, names[1])
    table.insert(nominees, names)
  end
end

local function vote(voter, place)
  local names = nominees[place]
  return string.format('{"category":"%s","project":"%s"}', names[1], names[2 + (voter + place) % (#names - 1)])
end

function request()
  local body, voter
  if whole then
    voter = first + sent
    local votes = {}
    for place = 1, #categories do
      votes[place] = vote(voter, place)
    end
    body = '{"votes":[' .. table.concat(votes, ",") .. "]}"
  else
    voter = first + math.floor(sent / #categories)
    body = vote(voter, sent % #categories + 1)
  end
  sent = sent + 1
  return wrk.format("POST", nil, {
    ["Authorization"] = "Bearer " .. tokens[voter + 1],
    ["Content-Type"] = "application/json",
    ["Prefer"] = prefer,
  }, body)
end
