// Says what is wrong with an AsyncAPI document, a line each: node validate.mjs FILE
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
import { ProtoBuffSchemaParser } from "@asyncapi/protobuf-schema-parser";

// Severities 0 and 1 are errors and warnings; below them are suggestions of taste.
const worstKept = 1;
const file = process.argv[2];
const parser = new Parser();
parser.registerSchemaParser(ProtoBuffSchemaParser());
const { document, diagnostics } = await parser.parse(readFileSync(file, "utf8"), { source: file });
const wrong = diagnostics.filter(({ severity }) => severity <= worstKept);
for (const { range, path, message } of wrong) {
  console.log(`${file}:${range.start.line + 1}: ${path.join(".")}: ${message}`);
}
if (wrong.length > 0 || !document) process.exit(1);
for (const channel of document.channels()) {
  for (const message of channel.messages()) {
    const fields = Object.keys(message.payload()?.properties() ?? {});
    console.log(`${channel.address()} ${message.name()} ${fields.join(",")}`);
  }
}
