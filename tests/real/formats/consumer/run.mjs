// Print what the compiled decoder reads in a file: node run.mjs decode.js FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [decoder, file] = process.argv.slice(2);
const { decode } = await import(pathToFileURL(decoder).href);
console.log(JSON.stringify(decode(readFileSync(file, "utf8"))));
