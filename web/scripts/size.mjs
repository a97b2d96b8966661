// SPDX-License-Identifier: Apache-2.0
// Adds up the JavaScript of the first page (entry, shell, My work, one language) as brotli would
// send it, and fails above the limit.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const LIMIT_KB = 350;
const TARGET_KB = 240;
const FIRST_PAGE = ['index.html', 'src/features/work/list.tsx', 'locales/en/index.ts'];

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const files = new Set();
function collect(key) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the manifest: adjust FIRST_PAGE`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const other of chunk.imports ?? []) collect(other);
}
for (const key of FIRST_PAGE) collect(key);

let total = 0;
for (const file of files) {
  if (!file.endsWith('.js')) continue;
  const bytes = brotliCompressSync(readFileSync(join(dist, file)), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
  }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${file}`);
}
const kilobytes = total / 1024;
console.log(
  `${kilobytes.toFixed(1).padStart(8)} KB  first page, limit ${LIMIT_KB}, target ${TARGET_KB}`,
);
if (kilobytes > LIMIT_KB) {
  console.error(`The first page is over its limit of ${LIMIT_KB} KB.`);
  process.exit(1);
}
