-- Requests the paths of a file, one a line, from a random one on; reports as report.lua.
local folder = debug.getinfo(1, "S").source:match("@?(.*/)")
dofile(folder .. "../../../tests/load/report.lua")

local paths, place = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    table.insert(paths, line)
  end
  math.randomseed(os.time())
  place = math.random(#paths)
end

function request()
  place = place % #paths + 1
  return wrk.format("GET", paths[place])
end
