// Writes models of the events of an AsyncAPI document in TypeScript and in Python, one file each:
// node generate_models.js FILE FOLDER
import { readFile } from "node:fs/promises";
import { PythonFileGenerator, TypeScriptFileGenerator } from "@asyncapi/modelina";

const [file, folder] = process.argv.slice(2);
const document = JSON.parse(await readFile(file, "utf8"));
// Without it each event has the attributes of the envelope, and `CloudEvent` is no model.
const processorOptions = { interpreter: { allowInheritance: true } };
// Names and codes as they are in the JSON, so that what JSON.parse returns is of the type that is generated.
const asInJson = { modelType: "interface", enumType: "union", mapType: "record", rawPropertyNames: true };
const typescript = new TypeScriptFileGenerator({ ...asInJson, processorOptions });
await typescript.generateToFiles(document, `${folder}/typescript`, { exportType: "named" });
const python = new PythonFileGenerator({ processorOptions });
await python.generateToFiles(document, `${folder}/wsis_events`, { packageName: "wsis_events" });
