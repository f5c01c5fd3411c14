// Prints what the official parser says against an AsyncAPI document, one JSON line per diagnostic of severity error:
// node check_asyncapi.js FILE
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const { Parser } = createRequire(import.meta.url)("@asyncapi/parser");
const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], "utf8"));
for (const { severity, message, path } of diagnostics) {
  if (severity === 0) console.log(JSON.stringify({ message, path: path.join(".") }));
}
if (!document && !diagnostics.length) console.log(JSON.stringify({ message: "not read" }));
console.error(document ? document.allMessages().length : 0);
