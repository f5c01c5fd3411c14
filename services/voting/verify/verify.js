#!/usr/bin/env node
// Check a published vote log with Node.js 18 or later alone: a second opinion, written apart from verify.py.
//
//   node verify.js FOLDER            (a copy of the log; it holds head.json)
//   node verify.js https://.../log/2017
//   node verify.js FOLDER --champions page.json     (also compares the champions that were announced: the answer of
//                                                    /v1/editions/2017/champions?limit=100, once for each page)
//
// It prints what holds and ends with 0, or prints the first thing that does not and ends with 1. It ends with 3 when the
// log could not be read, which says nothing about it.
// What is checked, and what that proves: docs/verify-the-vote.md.
"use strict";

const { createHash, createPublicKey, verify: ed25519 } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const TILE = 256;
const PER_FILE = 4096;
const ALL_SIGNATURES = 50_000;
const HEX = /^[0-9a-f]*$/;
const ATTEMPTS = 6;
const LONGEST_WAIT = 30; // seconds between two attempts

class Unsound extends Error {}
class Unreachable extends Error {}
const must = (condition, what) => {
  if (!condition) throw new Unsound(what);
};
const hash = (...parts) => {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest();
};
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
const parent = (left, right) => hash(NODE, left, right);
const isHex = (text, bytes) => typeof text === "string" && text.length === 2 * bytes && HEX.test(text);

// JSON with sorted keys, no spaces, ASCII: the one form in which everything is published.
function stable(value) {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.keys(value).sort().map((name) => `${stable(name)}:${stable(value[name])}`);
    return `{${entries.join(",")}}`;
  }
  if (typeof value === "string") {
    const ascii = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return JSON.stringify(value).replace(/[\u007f-\uffff]/g, ascii);
  }
  return JSON.stringify(value);
}

class Folder {
  constructor(root) {
    this.root = root;
  }

  async bytes(name) {
    const file = path.join(this.root, ...name.split("/"));
    return fs.existsSync(file) && fs.statSync(file).isFile() ? fs.readFileSync(file) : null;
  }

  list() {
    const names = [];
    const walk = (inside) => {
      for (const entry of fs.readdirSync(path.join(this.root, inside), { withFileTypes: true })) {
        if (entry.name.startsWith(".")) continue; // a file that is being written
        const name = inside ? `${inside}/${entry.name}` : entry.name;
        if (entry.isDirectory()) walk(name);
        else names.push(name);
      }
    };
    walk("");
    return names;
  }
}

class Web {
  constructor(root, longestWait) {
    this.root = root.replace(/\/+$/, "");
    this.longestWait = longestWait;
  }

  async bytes(name) {
    // Busy (429), broken (5xx) or cut off: asked again.
    let said = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      let seconds = 2 ** attempt;
      try {
        const answer = await fetch(`${this.root}/${name}`);
        if (answer.ok) return Buffer.from(await answer.arrayBuffer());
        if (answer.status === 404 || answer.status === 410) return null;
        said = `HTTP ${answer.status}`;
        if (answer.status !== 429 && answer.status < 500) break;
        if (/^\d+$/.test(answer.headers.get("retry-after") ?? "")) seconds = Number(answer.headers.get("retry-after"));
      } catch (error) {
        said = error.name;
      }
      const wait = 1000 * Math.min(seconds, this.longestWait);
      if (attempt < ATTEMPTS - 1) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    throw new Unreachable(`${name}: ${said}`);
  }

  list() {
    return null; // the web does not list
  }
}

async function needed(source, name) {
  const data = await source.bytes(name);
  must(data !== null, `${name} is not there`);
  return data;
}

function parsed(name, data) {
  let value;
  try {
    value = JSON.parse(data.toString("utf8"));
  } catch {
    throw new Unsound(`${name} cannot be read`);
  }
  must(value !== null && typeof value === "object" && Buffer.from(stable(value)).equals(data), `${name} was edited`);
  return value;
}

// -- keys and signatures ----------------------------------------------------------------------------------------------

async function readKey(source) {
  const document = parsed("keys.json", await needed(source, "keys.json"));
  const [key] = document.keys;
  must(isHex(key.public_key, 32), "the public key is not 32 bytes");
  const raw = Buffer.from(key.public_key, "hex");
  const id = hash(raw).toString("hex").slice(0, 16);
  const expected = {
    edition: document.edition,
    keys: [{ algorithm: "Ed25519", key_id: id, public_key: key.public_key }],
  };
  must(typeof document.edition === "string" && stable(document) === stable(expected), "keys.json was edited");
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  return { id, edition: document.edition, object: createPublicKey({ key: jwk, format: "jwk" }) };
}

function checkSignature(key, label, document, what) {
  const { signature, ...rest } = document;
  must(document.key_id === key.id, `${what}: signed with a key that is not published`);
  must(isHex(signature, 64), `${what}: no signature`);
  const message = Buffer.from(`${label}\n${stable(rest)}`);
  must(ed25519(null, message, key.object, Buffer.from(signature, "hex")), `${what}: false signature`);
}

// -- heads --------------------------------------------------------------------------------------------------------------

async function readHeads(source, key) {
  const newest = await needed(source, "head.json");
  const count = parsed("head.json", newest).number;
  must(Number.isInteger(count) && count >= 1, "head.json has no number");
  const heads = [];
  let former = "0".repeat(64);
  let data = null;
  for (let n = 1; n <= count; n += 1) {
    const name = `heads/${n}.json`;
    data = await needed(source, name);
    const head = parsed(name, data);
    const previous = heads[heads.length - 1] ?? { size: 0, time: "" };
    const names = Object.keys(head).sort().join();
    must(names === "edition,key_id,number,prev,root,signature,size,time,v", `${name} is not a head`);
    must(head.v === 1 && head.number === n && head.edition === key.edition, `${name} does not belong here`);
    must(head.prev === former, `${name} is not chained to the head before`);
    must(Number.isInteger(head.size) && head.size >= previous.size && head.time >= previous.time, `${name} goes back`);
    must(isHex(head.root, 32), `${name} has no root`);
    if (count <= ALL_SIGNATURES || n === count || n % 50 === 0) checkSignature(key, "wsis-head-v1", head, name);
    former = hash(data).toString("hex");
    heads.push(head);
  }
  must(data.equals(newest), "head.json is not the newest head");
  return heads;
}

// -- the tree -----------------------------------------------------------------------------------------------------------

function rootOf(row) {
  if (row.length === 0) return hash();
  let nodes = row;
  while (nodes.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < nodes.length; i += 2) above.push(parent(nodes[i], nodes[i + 1]));
    if (nodes.length % 2 === 1) above.push(nodes[nodes.length - 1]);
    nodes = above;
  }
  return nodes[0];
}

async function readLeaves(source, size, growing) {
  const leaves = [];
  for (let start = 0; start < size; start += PER_FILE) {
    const name = `leaves/${String(start / PER_FILE).padStart(6, "0")}.jsonl`;
    const lines = (await needed(source, name)).toString("latin1").split("\n");
    must(lines.pop() === "", `${name} does not end with a line feed`);
    const wanted = Math.min(PER_FILE, size - start);
    const more = growing && lines.length > wanted && lines.length <= PER_FILE;
    must(lines.length === wanted || more, `${name} has ${lines.length} leaves`);
    for (const line of lines.slice(0, wanted)) leaves.push(line);
  }
  return leaves;
}

// The roots of all prefixes that heads speak of, from the peaks of the tree as it grows.
function checkRoots(heads, hashes) {
  const peaks = []; // {count, node}
  let at = 0;
  for (const head of heads) {
    for (; at < head.size; at += 1) {
      let peak = { count: 1, node: hashes[at] };
      while (peaks.length && peaks[peaks.length - 1].count === peak.count) {
        peak = { count: 2 * peak.count, node: parent(peaks.pop().node, peak.node) };
      }
      peaks.push(peak);
    }
    const root = peaks.length
      ? peaks.map((peak) => peak.node).reduceRight((right, left) => parent(left, right))
      : rootOf([]);
    must(root.toString("hex") === head.root, `head ${head.number}: its leaves have another root`);
  }
}

function tilePath(level, index) {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0").match(/.{3}/g);
  return `tile/${level}/${digits.map((three, i) => (i < digits.length - 1 ? `x${three}` : three)).join("/")}`;
}

// {level, end}: where the hashes of a tile end in their level; null for what is no path of a tile.
function tileOf(name) {
  const match = /^tile\/(\d|[1-9]\d)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(name);
  if (!match) return null;
  const [level, index, width] = [Number(match[1]), Number(match[2].replace(/[x/]/g, "")), Number(match[3] ?? TILE)];
  if (tilePath(level, index) !== `tile/${level}/${match[2]}` || width > TILE) return null;
  return { level, end: index * TILE + width };
}

// A file of a head that came after the one that was read.
function isNewer(name, heads, leaves) {
  const head = /^heads\/([1-9]\d*)\.json$/.exec(name);
  if (head) return Number(head[1]) > heads;
  const part = /^leaves\/(\d{6,})\.jsonl$/.exec(name);
  if (part) return Number(part[1]) * PER_FILE >= leaves;
  const tile = tileOf(name);
  return tile !== null && tile.end * TILE ** tile.level > leaves;
}

async function checkTiles(source, heads, hashes, listed, growing) {
  const expected = new Set();
  let row = hashes;
  for (let level = 0; row.length; level += 1) {
    const whole = Math.floor(row.length / TILE);
    const above = [];
    for (let n = 0; n < whole; n += 1) {
      const part = row.slice(n * TILE, (n + 1) * TILE);
      const name = tilePath(level, n);
      expected.add(name);
      must((await needed(source, name)).equals(Buffer.concat(part)), `${name} does not follow from the leaves`);
      above.push(rootOf(part));
    }
    if (listed) {
      const parts = new Map(); // path of a part of a tile -> [first, end) of its hashes
      for (const head of heads) {
        const size = Math.floor(head.size / TILE ** level);
        if (size % TILE === 0 || Math.floor(size / TILE) !== whole) continue;
        parts.set(`${tilePath(level, whole)}.p/${size % TILE}`, [whole * TILE, size]);
      }
      for (const name of listed) {
        // A copy may hold what a tile was before it was full.
        const tile = tileOf(name);
        if (!tile || tile.level !== level || tile.end > row.length || tile.end % TILE === 0) continue;
        parts.set(name, [Math.floor(tile.end / TILE) * TILE, tile.end]);
      }
      for (const [name, [first, end]] of parts) {
        expected.add(name);
        const wanted = Buffer.concat(row.slice(first, end));
        let held = await source.bytes(name);
        // A tile that has become full since begins with what it was.
        if (held === null && growing) held = (await needed(source, name.split(".p/")[0])).subarray(0, wanted.length);
        must(held !== null && held.equals(wanted), `${name} does not follow from the leaves`);
      }
    }
    row = above;
  }
  return expected;
}

// -- result -------------------------------------------------------------------------------------------------------------

function statesOf(leaves) {
  const counts = new Map(); // commitment -> "" (counts) or the reason why not
  let results = 0;
  const shape = /^\{"c":"([0-9a-f]{64})",(?:"reason":"(incomplete_ballot|excluded_account|disqualified_project)",)?"t":"(vote|void|restored|result)"\}$/;
  leaves.forEach((leaf, place) => {
    const match = shape.exec(leaf);
    must(match, `leaf ${place} is none`);
    const [, c, reason = "", kind] = match;
    must((kind === "void") === (reason !== ""), `leaf ${place}: a void needs a reason, and only a void`);
    if (kind === "result") {
      results += 1;
      return;
    }
    const now = counts.get(c);
    if (kind === "vote") must(now === undefined, `leaf ${place}: the vote is there already`);
    if (kind === "void") must(now === "", `leaf ${place}: nothing to void`);
    if (kind === "restored") must(now !== undefined && now !== "", `leaf ${place}: nothing to restore`);
    counts.set(c, reason);
  });
  return { counts, results };
}

// The certification, and the result that it commits to once that is public.
function checkCertification(key, heads, leaves, certificationData, resultData) {
  const told = parsed("certification.json", certificationData);
  checkSignature(key, "wsis-certification-v1", told, "certification.json");
  const names = Object.keys(told).sort().join();
  must(names === "certified_at,edition,head,key_id,number,result,signature,v", "certification.json is none");
  must(told.v === 1 && told.edition === key.edition, "certification.json does not belong here");
  const head = heads[told.head.number - 1];
  must(head && told.head.number < heads.length, "certification.json has no head");
  const { number, root, size } = head;
  must(stable(told.head) === stable({ number, root, size }), "certification.json has another head");
  must(leaves[size] === `{"c":"${told.result}","t":"result"}`, `leaf ${size} is not that of the certification`);
  if (resultData === null) return null;
  must(hash(resultData).toString("hex") === told.result, "result.json is not what was certified");
  const result = parsed("result.json", resultData);
  checkSignature(key, "wsis-result-v1", result, "result.json");
  for (const name of ["v", "edition", "number", "certified_at", "head"]) {
    must(stable(result[name]) === stable(told[name]), "result.json and certification.json differ");
  }
  must(leaves.length === size + 1, "leaves follow the result");
  return result;
}

async function openVotes(source, result, edition, states) {
  const waiting = new Set([...states].filter(([, reason]) => reason === "").map(([c]) => c));
  const totals = new Map();
  for (const { category } of result.categories) {
    const name = `openings/${category}.jsonl`;
    const data = await needed(source, name);
    must(result.files[name] === hash(data).toString("hex"), `${name} is not the signed file`);
    const lines = data.toString("utf8").split("\n");
    must(lines.pop() === "", `${name} is cut`);
    const votes = new Map();
    for (const line of lines) {
      const { category: where, project, r } = JSON.parse(line);
      must(where === category && isHex(r, 32), `${name}: not an opening of this category`);
      must(line === `{"category":"${category}","project":"${project}","r":"${r}"}`, `${name}: not an opening`);
      const vote = Buffer.from(`wsis-vote-v1|${edition}|${category}|${project}|`);
      const c = hash(vote, Buffer.from(r, "hex")).toString("hex");
      must(waiting.delete(c), `${name}: opens a vote that is not in the log, is void or was opened before`);
      votes.set(project, (votes.get(project) ?? 0) + 1);
    }
    totals.set(category, votes);
  }
  must(waiting.size === 0, `${waiting.size} votes are neither opened nor void`);
  return totals;
}

// What an edition announced, from its saved pages.
function readChampions(files, edition) {
  const champions = [];
  let rulings = [];
  let following = null;
  for (const file of files) {
    const page = JSON.parse(fs.readFileSync(file, "utf8"));
    must(page.edition === edition, `${file}: champions of another edition`);
    champions.push(...page.items);
    ({ rulings, next: following } = page);
  }
  if (following !== null) throw new Unreachable("the list of champions goes on: save its next page too");
  must(new Set(champions.map(({ project }) => project)).size === champions.length, "a champion is listed twice");
  return { champions, rulings };
}

// The finalists of a category, each ruling since the certification applied in turn.
function ruled(row, votes, { finalists_per_category: places, tie_rule: rule }, rulings) {
  let chosen = [...row.finalists];
  let tied = [...row.tied];
  const out = new Set();
  const nominated = new Set(row.projects.map(({ project }) => project));
  for (const { kind, project, projects } of rulings) {
    if (kind === "tie_settled") {
      const named = new Set(projects);
      const fits = named.size === projects.length && named.size === places - chosen.length;
      must(tied.length && fits && projects.every((one) => tied.includes(one)), `${row.category}: no ruling of this tie`);
      chosen.push(...projects);
      tied = [];
      continue;
    }
    must(kind === "disqualified" || kind === "withdrawn", `${row.category}: no such ruling`);
    must(nominated.has(project) && !out.has(project), `${row.category}: a ruling on no nominee`);
    out.add(project);
    const left = new Map([...votes].filter(([one]) => !out.has(one)));
    if (tied.length) {
      ({ finalists: chosen, tied } = finalistsBy(left, places, rule));
      continue;
    }
    chosen = chosen.filter((one) => one !== project);
    for (const one of chosen) left.delete(one);
    chosen.push(...finalistsBy(left, places - chosen.length, "all_tied").finalists);
  }
  must(tied.length === 0, `${row.category}: the tie is open`);
  return chosen;
}

function checkChampions({ champions, rulings }, result, totals) {
  const rows = new Map(result.categories.map((row) => [row.category, row]));
  for (const { category } of [...champions, ...rulings]) must(rows.has(category), `${category}: nobody is nominated`);
  for (const [category, row] of rows) {
    const of = (list) => list.filter((one) => one.category === category);
    const told = of(champions).map(({ project }) => project).sort();
    const wanted = ruled(row, totals.get(category), result.rules, of(rulings)).sort();
    must(stable(told) === stable(wanted), `${category}: other champions than were counted`);
  }
}

function finalistsBy(votes, places, rule) {
  if (places <= 0) return { finalists: [], tied: [] };
  const order = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  const ranking = [...votes].filter(([, n]) => n > 0).sort(order);
  const names = (rows) => rows.map(([project]) => project);
  if (ranking.length <= places) return { finalists: names(ranking), tied: [] };
  const limit = ranking[places - 1][1];
  const chosen = ranking.filter(([, n]) => n >= limit);
  if (chosen.length === places || rule !== "expert_group_decides") return { finalists: names(chosen), tied: [] };
  return {
    finalists: names(ranking.filter(([, n]) => n > limit)),
    tied: names(ranking.filter(([, n]) => n === limit)),
  };
}

function checkTotals(result, states, totals) {
  const voids = Object.create(null); // a reason is the log's: __proto__ is a name like others here
  for (const reason of states.values()) if (reason) voids[reason] = (voids[reason] ?? 0) + 1;
  must(stable(voids) === stable(result.votes.void), "other voids than result.json says");
  must(states.size === result.votes.cast, "other votes cast than result.json says");
  let sum = 0;
  for (const row of result.categories) {
    const votes = totals.get(row.category);
    const listed = new Map(row.projects.map((project) => [project.project, project]));
    must(listed.size === row.projects.length, `${row.category}: a project twice`);
    for (const project of votes.keys()) must(listed.has(project), `${row.category}: ${project} is not nominated`);
    for (const [project, told] of listed) {
      must(told.counted === (votes.get(project) ?? 0), `${row.category}: other votes for ${project}`);
      must(!told.disqualified || told.counted === 0, `${row.category}: votes for a disqualified project`);
    }
    const here = [...votes.values()].reduce((a, b) => a + b, 0);
    must(row.counted === here, `${row.category}: another sum`);
    const { finalists, tied } = finalistsBy(votes, result.rules.finalists_per_category, result.rules.tie_rule);
    must(stable(finalists) === stable(row.finalists) && stable(tied) === stable(row.tied), `${row.category}: finalists`);
    sum += here;
  }
  must(sum === result.votes.counted, "another sum of all votes");
}

// -- all of it ----------------------------------------------------------------------------------------------------------

async function verify(place, say = () => {}, pages = [], longestWait = LONGEST_WAIT) {
  const source = /^https?:\/\//.test(place) ? new Web(place, longestWait) : new Folder(place);
  // What is written last is read first: all that it names is there.
  const resultData = await source.bytes("result.json");
  const certificationData = await source.bytes("certification.json");
  const growing = resultData === null;
  must(growing || certificationData !== null, "result.json without certification.json");
  const key = await readKey(source);
  say(`A. the key ${key.id} belongs to edition ${key.edition}`);
  const heads = await readHeads(source, key);
  say(`B. ${heads.length} signed heads form one chain`);
  const last = heads[heads.length - 1];
  const leaves = await readLeaves(source, last.size, growing);
  const hashes = leaves.map((leaf) => hash(LEAF, Buffer.from(leaf, "latin1")));
  checkRoots(heads, hashes);
  say(`C. ${leaves.length} leaves; each head is a prefix of the next`);
  const listed = source.list();
  const tiles = await checkTiles(source, heads, hashes, listed, growing);
  say(`D. ${tiles.size} tiles agree with the leaves`);
  const { counts: states, results } = statesOf(leaves);
  const openings = new Set();
  const announced = pages.length ? readChampions(pages, key.edition) : null;
  must(!announced || certificationData !== null, "champions without a certified result");
  if (certificationData === null) {
    say("E. not certified yet");
  } else {
    const result = checkCertification(key, heads, leaves, certificationData, resultData);
    if (result === null) {
      say("E. certified; the result is not public yet");
      if (announced) throw new Unreachable("result.json: not public yet, though there are champions");
    } else {
      must(results === result.number, "other results in the log than were certified");
      say(`E. result ${result.number} is signed, and is the one that was certified`);
      for (const { category } of result.categories) openings.add(`openings/${category}.jsonl`);
      must([...openings].sort().join() === Object.keys(result.files).sort().join(), "other openings than categories");
      const totals = await openVotes(source, result, key.edition, states);
      say(`F. ${result.votes.counted} votes are opened, ${states.size - result.votes.counted} are void, none is both`);
      checkTotals(result, states, totals);
      say("G. totals and finalists are those of the opened votes");
      if (announced) {
        checkChampions(announced, result, totals);
        const since = announced.rulings.length;
        say(`I. ${announced.champions.length} champions are those of the result, after ${since} rulings that the list names`);
      }
    }
  }
  if (listed) {
    const files = Math.ceil(leaves.length / PER_FILE);
    const known = new Set([...tiles, ...openings, "keys.json", "head.json", "certification.json", "result.json"]);
    for (let n = 1; n <= heads.length; n += 1) known.add(`heads/${n}.json`);
    for (let n = 0; n < files; n += 1) known.add(`leaves/${String(n).padStart(6, "0")}.jsonl`);
    const odd = listed.find((name) => !known.has(name) && !(growing && isNewer(name, heads.length, leaves.length)));
    must(odd === undefined, `${odd} does not belong to a log`);
    say("H. no other file is there");
  }
}

module.exports = { verify, Unsound, Unreachable };

if (require.main === module) {
  const [place, ...options] = process.argv.slice(2);
  const given = { "--champions": [], "--longest-wait": [LONGEST_WAIT] };
  if (!place || options.length % 2 || options.some((option, n) => n % 2 === 0 && !Object.hasOwn(given, option))) {
    console.error("usage: node verify.js FOLDER|URL [--champions FILE]... [--longest-wait SECONDS]");
    process.exit(2);
  }
  options.forEach((option, n) => n % 2 === 0 && given[option].push(options[n + 1]));
  verify(place, console.log, given["--champions"], Number(given["--longest-wait"].pop())).then(
    () => console.log("sound"),
    (error) => {
      if (error instanceof Unreachable) {
        console.log(`NOT READ, which says nothing about the log: ${error.message}`);
        process.exitCode = 3;
        return;
      }
      console.log(`NOT SOUND: ${error instanceof Unsound ? error.message : `unreadable (${error.name})`}`);
      process.exitCode = 1;
    },
  );
}
